import type { Guard } from "../guard.js";
import { type Projected, prove } from "../states.js";

/** Where media types say which version they are of, an answer's does too (RFC 9110, 8.3.1). */
export const label: Guard<Projected, Projected> = {
  name: "label",
  compile: (_, { api }) => {
    if (api.versioning?.strategy !== "mediaType") return undefined;
    return (call) => {
      const { projection, version } = call;
      if (projection.media === undefined || version === undefined) return call;
      return prove(call, "projection", { ...projection, media: `${projection.media};version=${version}` });
    };
  },
};
