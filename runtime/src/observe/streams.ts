/** Writes to a standard stream of the process; to the console where the platform has no streams. */
export function writeTo(stream: "stdout" | "stderr"): (line: string) => void {
  return (line) => {
    const target = globalThis.process?.[stream];
    if (typeof target?.write === "function") target.write(line);
    else if (stream === "stdout") console.log(line.trimEnd());
    else console.error(line.trimEnd());
  };
}
