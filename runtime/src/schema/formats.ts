import * as z from "zod";

/** The formats that `format` checks, as the specifications that JSON Schema and the OpenAPI registry name have them. */
export type FormatName = keyof typeof formats;

/**
 * A check that a text has a format (JSON Schema validation, 7.3). Every pattern here takes time in proportion to the text.
 * @param name the format.
 */
export function format(name: FormatName): z.core.$ZodCheck<string> {
  const fits: (text: string) => boolean = formats[name];
  return z.refine((text: string) => fits(text), { message: `Invalid ${name}` });
}

const matching = (pattern: RegExp) => (text: string) => pattern.test(text);

const hour = "(?:[01]\\d|2[0-3])";
const clock = `(${hour}):([0-5]\\d):([0-5]\\d|60)(?:\\.\\d+)?`;
const fullTime = new RegExp(`^${clock}(?:[Zz]|([+-])(${hour}):([0-5]\\d))$`);
const localTime = new RegExp(`^${clock}$`);
const day = matching(z.regexes.date);
const seconds = "(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
const weekdays = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const months = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";

const hex = "%[0-9A-Fa-f]{2}";
const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const pointer = "(?:/(?:[^~/]|~[01])*)*";

const formats = {
  "date-time": (text: string) => /^[Tt]$/.test(text.charAt(10)) && day(text.slice(0, 10)) && isTime(text.slice(11)),
  "date-time-local": (text: string) =>
    /^[Tt]$/.test(text.charAt(10)) && day(text.slice(0, 10)) && localTime.test(text.slice(11)),
  time: isTime,
  "time-local": matching(localTime),
  // RFC 3339, appendix A: weeks stand alone, and no unit is left out between two others.
  duration: matching(
    new RegExp(`^P(?:(?:\\d+D|\\d+M(?:\\d+D)?|\\d+Y(?:\\d+M(?:\\d+D)?)?)(?:T${seconds})?|T${seconds}|\\d+W)$`),
  ),
  // RFC 9110, 5.6.7: the form that is sent.
  "http-date": matching(new RegExp(`^${weekdays}, \\d{2} ${months} \\d{4} ${hour}:[0-5]\\d:(?:[0-5]\\d|60) GMT$`)),
  email: isMailbox,
  hostname: isHostname,
  uri: matching(uriOf("", false)),
  "uri-reference": matching(uriOf("", true)),
  iri: matching(uriOf("\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FFEF}\\u{10000}-\\u{10FFFF}", false)),
  "iri-reference": matching(uriOf("\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FFEF}\\u{10000}-\\u{10FFFF}", true)),
  // RFC 6570, 2.
  "uri-template": matching(
    new RegExp(
      `^(?:[^\\x00-\\x20\\x7f"'<>\\\\^\`{|}%]|${hex}|\\{[+#./;?&=,!@|]?${variable()}(?:,${variable()})*\\})*$`,
      "u",
    ),
  ),
  "json-pointer": matching(new RegExp(`^${pointer}$`, "u")),
  "relative-json-pointer": matching(new RegExp(`^(?:0|[1-9]\\d*)(?:#|${pointer})$`, "u")),
  regex: isPattern,
  char: matching(/^.$/su),
};

/** RFC 3339, 5.6 and 5.7: a minute has a sixtieth second only where it is the last of a day in UTC. */
function isTime(text: string): boolean {
  const found = fullTime.exec(text);
  if (found === null) return false;
  const [, hours, minutes, second, sign, offsetHours = "0", offsetMinutes = "0"] = found;
  if (second !== "60") return true;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * (sign === "-" ? -1 : 1);
  return (Number(hours) * 60 + Number(minutes) - offset + 2 * 1440) % 1440 === 1439;
}

/** RFC 1123, 2.1. */
function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => hostLabel.test(part));
}
const hostLabel = new RegExp(`^${label}$`);

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const localPart = new RegExp(
  `^(?:${atom}(?:\\.${atom})*|"(?:[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]|\\\\[\\x20-\\x7e])*")$`,
);

/** RFC 5321, 4.1.2: a mailbox. */
function isMailbox(text: string): boolean {
  const at = text.lastIndexOf("@");
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 1 || local.length > 64 || !localPart.test(local)) return false;
  const [, v6, address = ""] = /^\[(IPv6:)?([^[\]]+)\]$/.exec(domain) ?? [];
  if (address === "") return isHostname(domain);
  return (v6 === undefined ? z.regexes.ipv4 : z.regexes.ipv6).test(address);
}

/** RFC 3986, appendix A; with more letters, RFC 3987, 2.2. */
function uriOf(letters: string, relative: boolean): RegExp {
  const plain = `A-Za-z0-9._~!$&'()*+,;=${letters}\\-`;
  const char = `(?:[${plain}:@]|${hex})`;
  const host = `(?:\\[(?:[0-9A-Fa-f:.]+|[vV][0-9A-Fa-f]+\\.[${plain}:]+)\\]|(?:[${plain}]|${hex})*)`;
  const authority = `(?:(?:[${plain}:]|${hex})*@)?${host}(?::\\d*)?`;
  const rooted = `//${authority}(?:/${char}*)*|/(?:${char}+(?:/${char}*)*)?`;
  const rest = `(?:\\?(?:${char}|[/?])*)?(?:#(?:${char}|[/?])*)?`;
  const absolute = `[A-Za-z][A-Za-z0-9+.\\-]*:(?:${rooted}|${char}+(?:/${char}*)*|)`;
  const noColon = `(?:[${plain}@]|${hex})+(?:/${char}*)*`;
  return new RegExp(`^(?:${relative ? `${absolute}|${rooted}|${noColon}|` : absolute})${rest}$`, "u");
}

function variable(): string {
  const char = `(?:[A-Za-z0-9_]|${hex})`;
  return `${char}(?:\\.?${char})*(?::[1-9]\\d{0,3}|\\*)?`;
}

/** ECMA-262, 22.2: with the meaning that JSON Schema gives to patterns, as Unicode. */
function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "u") !== undefined;
  } catch {
    return false;
  }
}
