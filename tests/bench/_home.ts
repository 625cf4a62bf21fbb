import { readdirSync, readFileSync } from "node:fs";
import { NetworkStage, startPeer } from "./networks/network-stage.ts";
import { profiles } from "./networks/profiles.ts";
import { processorTime } from "./processes.ts";
import type { ShoalPeer } from "./shoal-peer.ts";

function threads() {
  const out = new Map<string, number>();
  for (const pid of readdirSync("/proc").filter((x) => /^\d+$/.test(x))) {
    try {
      const cmd = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      const type = /chromium/.test(cmd)
        ? (/--type=([a-z-]+)/.exec(cmd)?.[1] ?? "browser")
        : /wan/.test(cmd)
          ? "wan"
          : "other";
      for (const tid of readdirSync(`/proc/${pid}/task`)) {
        const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, "utf8");
        const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
        const f = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        out.set(`${pid}/${tid} ${type}:${name}`, Number(f[11]) + Number(f[12]));
      }
    } catch {}
  }
  return out;
}
const stage = await NetworkStage.open();
const detail = process.env.DETAIL === "1";
try {
  for (let round = 0; round < Number(process.env.ROUNDS ?? 1); round++) {
    const file = await stage.file(24 << 20, "home-swarm");
    const line = process.env.LINE === "none" ? {} : profiles.home.sender;
    await stage.withNetwork(
      [line, line, line, line].map((line) => ({ line, kind: "chromium" as const })),
      async ({ addresses, browsers }) => {
        const peers = (await Promise.all(
          browsers.map((b) => startPeer("shoal", b, addresses)),
        )) as ShoalPeer[];
        const link = await peers[0]!.seed(file.path);
        await Promise.all(peers.slice(1).map((p) => p.open(link)));
        const cpu0 = await Promise.all(browsers.map(processorTime));
        const th0 = threads();
        const t0 = Date.now();
        let done = false;
        const all = Promise.all(peers.slice(1).map((p) => p.download())).then((t) => {
          done = true;
          return t;
        });
        const last = [0, 0, 0, 0];
        const lastDown = [0, 0, 0, 0];
        for (let i = 0; !done; i++) {
          await new Promise((res) => setTimeout(res, Math.max(0, t0 + (i + 1) * 1000 - Date.now())));
          const snaps = await Promise.all(peers.map(async (p) => (await p.shoal.snapshot())?.shares[0]));
          console.log(
            `t=${i + 1}`,
            snaps
              .map((s, k) => {
                const up = (s!.uploaded - last[k]!) / 1e6;
                last[k] = s!.uploaded;
                const dn = (s!.downloaded - lastDown[k]!) / 1e6;
                lastDown[k] = s!.downloaded;
                const nodes = s!.peers
                  .filter((q) => q.state === "connected")
                  .map(
                    (q) =>
                      `${q.amChoking ? "c" : "u"}${q.peerChoking ? "c" : "u"}${q.amInterested ? "I" : "-"} in${q.requestsIn} out${q.requestsOut} bt${q.blockTime?.toFixed(0)}`,
                  );
                return `\n   [${k}] up ${up.toFixed(2)} dn ${dn.toFixed(2)} st ${(s!.storedBytes / 1e6).toFixed(1)} w${(s!.wasted / 1e6).toFixed(2)} ${s!.stall ?? ""} | ${nodes.join(" ; ")}`;
              })
              .join(""),
          );
        }
        const ts = await all;
        const fin = await Promise.all(peers.map(async (p) => (await p.shoal.snapshot())?.shares[0]));
        fin.forEach((s, k) =>
          s!.peers.forEach((q) => {
            console.log(`PEER ${k} -> ${q.peerId.slice(8, 14)} ${q.progress}`);
            for (const line of (q as any).probe ?? []) console.log(`  P${k} ${line}`);
          }),
        );
        const th1 = threads();
        const sum = new Map<string, number>();
        for (const [k, v] of th1) {
          const key = k.slice(k.indexOf(" ") + 1).replace(/[\d]+$/, "");
          sum.set(key, (sum.get(key) ?? 0) + (v - (th0.get(k) ?? 0)) / 100);
        }
        console.log(
          [...sum]
            .sort((a, b) => b[1] - a[1])
            .slice(0, 22)
            .map(([k, v]) => `${k} ${v.toFixed(1)}`)
            .join("\n"),
        );
        const cpu1 = await Promise.all(browsers.map(processorTime));
        console.log(
          "seconds",
          (Math.max(...ts.map((t) => t.finishedAt)) - Math.min(...ts.map((t) => t.startedAt))) / 1000,
          ts.map((t) => ((t.finishedAt - t.startedAt) / 1000).toFixed(1)),
          "cpu",
          cpu1.map((c, i) => (c - cpu0[i]!).toFixed(1)),
        );
      },
    );
  }
} finally {
  await stage.close();
}
