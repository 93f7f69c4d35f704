/** ECMA-262 13.1 and 12.7.2 in strict mode, and what cannot be bound in a module. */
export const reservedWords: ReadonlySet<string> = new Set([
  ..."await break case catch class const continue debugger default delete do else enum export extends false finally".split(
    " ",
  ),
  ..."for function if import in instanceof new null return super switch this throw true try typeof var void while".split(
    " ",
  ),
  ..."with yield let static implements interface package private protected public eval arguments".split(" "),
  ..."undefined NaN Infinity globalThis".split(" "),
]);

/** What schemas.ts imports: zod, and the functions of @sallyport/runtime/schema. */
export const schemaImports: ReadonlySet<string> = new Set([
  ..."z allOf anyOf asserts closed closedDropping conditional contains dependentRequired dependentSchema digits format itemCount moment momentOf multipleOf".split(
    " ",
  ),
  ..."not oneOf oneValue patternKeys propertyCount propertyNames readOnlyKeys recursive requires tuple unevaluated unique when".split(
    " ",
  ),
]);

/** What the other emitted files import or declare beside operations: an operation of such a name would clash with it. */
export const emittedNames: ReadonlySet<string> = new Set([
  // policy.ts: the builders of @sallyport/runtime/policy
  ..."allOf allRoles anonymous anyOf anyRole access api cors deny deprecated env limit owner policyFormat publicAccess".split(
    " ",
  ),
  ..."custom csrfCookie csrfHeader defaultCookie isMoment missingTemporal momentText objectOwner operation requestedWith role scheme sensitivity tenant toMilliseconds toOctets write".split(
    " ",
  ),
  // the other files of a folder, and what they declare
  ..."schemas policy wire server client trpc types contract readEnv readSettings".split(" "),
  ..."connect filledIn atVersion noticing createClient createCaller createApi createRouter compileApi buildRouter query mutation".split(
    " ",
  ),
  // types.ts
  ..."components operations paths webhooks $defs".split(" "),
  // parameters of emitted functions
  ..."caller input options handlers objects schemes sender about url".split(" "),
  // webhooks/send.ts and callbacks/send.ts
  ..."createSender openSender urlOf".split(" "),
]);

/** Names that mean something on any object, or to whoever awaits, calls or routes it (tRPC refuses `then`, `call` and `apply`). */
export const objectNames: ReadonlySet<string> = new Set([
  ..."__proto__ constructor prototype hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf".split(
    " ",
  ),
  ..."__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ toJSON then call apply bind".split(" "),
]);

/** What a client and a tRPC router already have where groups stand. */
export const groupNames: ReadonlySet<string> = new Set(["send", "close", "createCaller", "_def"]);

/** Globals that emitted schemas use: a component of such a name would hide one. */
export const schemaGlobals: ReadonlySet<string> = new Set(
  "Array BigInt Boolean JSON Map Math Number Object Promise RegExp Set String Symbol Uint8Array".split(" "),
);
