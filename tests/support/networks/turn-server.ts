/** A real coturn in the servers' host of a network: STUN, and TURN over UDP. */
import { HostProcess } from "./host-process.ts";
import { type Network, serverAddress, serverHost } from "./network.ts";

const port = 3478;
const [user, password] = ["shoal", "network"];

/** As RTCPeerConnection takes them. */
export const stunServer = { urls: `stun:${serverAddress}:${port}` };
export const turnServer = { urls: `turn:${serverAddress}:${port}`, username: user, credential: password };

export function startTurnServer(network: Network): Promise<HostProcess> {
  const command = [
    ["turnserver", "-n", "--no-cli", "--no-tls", "--no-dtls", "--no-tcp", "--no-multicast-peers"],
    ["--lt-cred-mech", "--realm=shoal", `--user=${user}:${password}`],
    [`--listening-ip=${serverAddress}`, `--relay-ip=${serverAddress}`, `--listening-port=${port}`],
    ["--log-file=stdout", "--simple-log", "--pidfile=/dev/null"],
  ].flat();
  return HostProcess.start(network, serverHost, command, /Total General servers/);
}
