import { UNBOUNDED_SIZE, WATCHED_SECONDS } from "./constants.ts";
import { NetworkStage, startPeer } from "./networks/network-stage.ts";
import { type ProfileName, profiles } from "./networks/profiles.ts";
import type { ShoalPeer } from "./shoal-peer.ts";

const stage = await NetworkStage.open();
const names = (process.env.PROFILES ?? "rtt50").split(",") as ProfileName[];
const detail = process.env.DETAIL === "1";
try {
  for (const name of names)
    for (let round = 0; round < Number(process.env.ROUNDS ?? 1); round++) {
      const p = profiles[name];
      const size = p.rate === null ? UNBOUNDED_SIZE : Math.ceil((p.rate / 8) * (WATCHED_SECONDS + 2));
      const file = await stage.file(size, name);
      await stage.withNetwork(
        [p.sender, p.receiver].map((line, at) => ({ line, kind: (at === 0 ? process.env.SK ?? "chromium" : process.env.RK ?? "chromium") as "chromium" })),
        async ({ addresses, browsers }) => {
          const [s, r] = (await Promise.all(
            browsers.map((b) => startPeer("shoal", b, addresses)),
          )) as ShoalPeer[];
          await r!.open(await s!.seed(file.path));
          await r!.ask();
          const rates: string[] = [];
          let last = 0;
          const from = Date.now();
          for (let i = 0; i < WATCHED_SECONDS; i++) {
            await new Promise((res) => setTimeout(res, from + (i + 1) * 1000 - Date.now()));
            const snap = async (x: ShoalPeer) =>
              (await x.shoal.snapshot())?.shares.find((q) => q.name?.startsWith(name));
            const [a, b] = [await snap(s!), await snap(r!)];
            const peer = b?.peers.find((q) => q.state === "connected");
            const got = b?.peers.reduce((t, q) => t + q.downloaded, 0) ?? 0;
            rates.push(((got - last) / 1e6).toFixed(1));
            last = got;
            if (detail)
              console.log(
                i + 1,
                "got",
                rates.at(-1),
                "conns",
                peer?.connections,
                "bt",
                peer?.blockTime?.toFixed(0),
                "out",
                peer?.requestsOut,
                "in@sender",
                a?.peers.find((q) => q.state === "connected")?.requestsIn,
                "wasted",
                b?.wasted,
                JSON.stringify((peer as any)?.probe ?? null),
                JSON.stringify((a?.peers.find((q) => q.state === "connected") as any)?.probe ?? null),
              );
          }
          if (process.env.PROBE) for (const q of (await r!.shoal.snapshot())?.shares.flatMap((x) => x.peers) ?? []) for (const line of (q as any).probe ?? []) console.log("  P " + line);
console.log(
            name,
            "MB/s",
            (last / 1e6 / WATCHED_SECONDS).toFixed(2),
            rates.join(" "),
            "conns",
            (await r!.shoal.snapshot())?.shares.flatMap((q) => q.peers.map((w) => w.connections)),
          );
        },
      );
    }
} finally {
  await stage.close();
}
