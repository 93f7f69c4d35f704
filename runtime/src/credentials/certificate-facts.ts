import type { ClientCertificate } from "../http/exchange.js";

const form = /^(?:(subject|issuer)\.([A-Za-z0-9.]+)|san\.(dns|uri|email|ip)|(serialNumber|thumbprint))$/;

/**
 * One fact of a certificate by its name: `subject.CN`, `issuer.O`, `san.uri`, `serialNumber`, `thumbprint`.
 * @returns `undefined` where it is absent, and where there are two: which of them counts would be a guess.
 */
export function certificateFact(certificate: ClientCertificate, fact: string): string | undefined {
  const [, place, attribute = "", type, plain] = form.exec(fact) ?? [];
  if (place === "subject" || place === "issuer") {
    const names = certificate[place];
    const value = Object.hasOwn(names, attribute) ? names[attribute] : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  }
  if (type !== undefined) {
    const [only, ...more] = certificate.names.filter((name) => name.type === type);
    return more.length > 0 ? undefined : only?.value;
  }
  if (plain === "serialNumber" || plain === "thumbprint") return certificate[plain];
  return undefined;
}
