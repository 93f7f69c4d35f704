/** What a text looks like that should have stayed a secret. */
export interface SecretLook {
  /** For messages: `a private key`. It never quotes the text. */
  readonly what: string;
  /** Whether the text is certain enough to stop for. Tokens that end by themselves stand in many a description as an example. */
  readonly certain: boolean;
}

interface Shape extends SecretLook {
  readonly pattern: RegExp;
}

// The shapes that their issuers publish for scanners. Each begins with letters of its own, so that a search is quick.
const shapes: readonly Shape[] = [
  {
    what: "a private key",
    certain: true,
    pattern: /-----BEGIN (?:[A-Z]+ ){0,2}PRIVATE KEY-----(?:\s|\\n)*[A-Za-z0-9+/=]{40}/g,
  },
  { what: "an access key of AWS", certain: true, pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  { what: "a token of GitHub", certain: true, pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{82})\b/g },
  { what: "a token of GitLab", certain: true, pattern: /\bglpat-[\w-]{20}\b/g },
  { what: "a token of Slack", certain: true, pattern: /\bxox[abprs]-\d{9,14}-[A-Za-z0-9-]{10,}/g },
  { what: "a live key of Stripe", certain: true, pattern: /\b[rs]k_live_[A-Za-z0-9]{24,}\b/g },
  { what: "an API key of Google", certain: true, pattern: /\bAIza[\w-]{35}\b/g },
  { what: "a token of npm", certain: true, pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: "a key of SendGrid", certain: true, pattern: /\bSG\.[\w-]{22}\.[\w-]{43}\b/g },
  { what: "a token of Vault", certain: true, pattern: /\bhvs\.[\w-]{24,}/g },
  { what: "a key of a model's API", certain: true, pattern: /\bsk-(?:ant|proj)-[\w-]{20,}/g },
  { what: "a JSON Web Token", certain: false, pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g },
];

/** The secret that stands in a text, by its shape; `undefined` where there is none, or only what documentation shows in its place. */
export function secretIn(text: string): SecretLook | undefined {
  return shapes.find(({ pattern }) => {
    for (const [found] of text.matchAll(pattern)) if (!isPlaceholder(found)) return true;
    return false;
  });
}

const telling = /pass(?:word|phrase|wd)|secret|token|api_?-?key|private_?-?key|credential/i;

/** Whether a value under some name is one that a person would not have typed: long, without a space, and like random. */
export function looksRandom(name: string, value: string): boolean {
  if (!telling.test(name) || value.length < 20 || value.length > 512 || !/^[\w+/=.~-]+$/.test(value)) return false;
  return /\d/.test(value) && /[A-Za-z]/.test(value) && !isPlaceholder(value) && bitsOf(value) >= 3.5;
}

function isPlaceholder(text: string): boolean {
  return /example|sample|placeholder|your|dummy|(.)\1{5}|123456|abcdef/i.test(text) || bitsOf(text) < 2.8;
}

/** Shannon's entropy of the characters, in bits for each. */
function bitsOf(text: string): number {
  const counts = new Map<string, number>();
  for (const one of text) counts.set(one, (counts.get(one) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => {
    const share = count / text.length;
    return sum - share * Math.log2(share);
  }, 0);
}
