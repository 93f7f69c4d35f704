/**
 * The JSON of a value in which bigints are numbers, as RFC 8259, 6 has them: of any size. `undefined`: the value has none.
 * @throws TypeError for a value that contains itself.
 */
export function jsonText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (thrown) {
    if (!(thrown instanceof TypeError)) throw thrown;
    return wideText(value);
  }
}

/** Not every engine has JSON.rawJSON. What stands for a number begins with what no value holds. */
function wideText(value: unknown): string | undefined {
  const mark = `${crypto.getRandomValues(new Uint32Array(4)).join("-")}:`;
  const text: string | undefined = JSON.stringify(value, (_, one: unknown) =>
    typeof one === "bigint" ? `${mark}${one}` : one,
  );
  return text?.replace(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}
