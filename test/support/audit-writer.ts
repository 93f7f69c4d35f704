import { auditFile } from "@sallyport/runtime/audit";

// Writes lines as fast as it can until it is killed, and says of each when it is acknowledged.
const [file = "", maxSize = "64MiB"] = process.argv.slice(2);
const sink = await auditFile(file, { maxSize: maxSize as "64MiB" });
process.stdout.write("ready\n");
for (let round = 0; ; round++) {
  await Promise.all(
    Array.from({ length: 16 }, async (_, at) => {
      const event = `e${process.pid}.${round}.${at}`;
      await sink.write({
        time: "2026-01-01T00:00:00Z",
        event,
        level: "write",
        outcome: "allowed",
        subject: "x".repeat(200),
      });
      process.stdout.write(`${event}\n`);
    }),
  );
}
