import { postgresAudit } from "@sallyport/runtime/postgres";
import pg from "pg";

// Writes lines as fast as it can until it is killed, and says of each when it is acknowledged.
const [connectionString = "", chain = "main"] = process.argv.slice(2);
const sink = await postgresAudit(new pg.Pool({ connectionString, max: 2 }), { chain });
process.stdout.write("ready\n");
for (let round = 0; ; round++) {
  await Promise.all(
    Array.from({ length: 16 }, async (_, at) => {
      const event = `e${process.pid}.${round}.${at}`;
      await sink.write({ time: "2026-01-01T00:00:00Z", event, level: "write", outcome: "allowed" });
      process.stdout.write(`${event}\n`);
    }),
  );
}
