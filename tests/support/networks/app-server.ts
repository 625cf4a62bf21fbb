/**
 * Runs inside a host of a network: Shoal's server, at the address that is its first argument and with the ICE servers,
 * as JSON, that are its second. Says where the app is.
 */
import { startServer } from "../server.ts";

const [host = "127.0.0.1", iceServers = "[]"] = process.argv.slice(2);
const { url } = await startServer({ host, iceServers: JSON.parse(iceServers) });
process.stdout.write(`${url}\n`);
