import { expect, test } from "vitest";
import { readConfig } from "../../../signaling/config.ts";
import { defaultLimits } from "../../../signaling/constants.ts";

test("an empty environment gives the defaults", () => {
  expect(readConfig({ PORT: "", HOME: "/root" })).toEqual({
    host: "127.0.0.1",
    port: 8080,
    publicUrl: null,
    logLevel: "warn",
    iceServers: [{ urls: ["stun:stun.l.google.com:19302", "stun:global.stun.twilio.com:3478"] }],
    trustedProxies: [],
    limits: defaultLimits,
  });
});

test("every variable is read", () => {
  const turn = [{ urls: ["turn:turn.example.org"], username: "u", credential: "c" }];
  const config = readConfig({
    HOST: "::",
    PORT: "0",
    SHOAL_PUBLIC_URL: "https://shoal.example.org:8443/",
    SHOAL_LOG_LEVEL: "info",
    SHOAL_ICE_SERVERS: JSON.stringify(turn),
    SHOAL_TRUSTED_PROXIES: "10.0.0.0/8, ::1",
    SHOAL_SOCKETS_PER_ADDRESS: "1000",
    SHOAL_UPGRADES_PER_SECOND: "1001",
    SHOAL_UPGRADE_BURST: "1002",
    SHOAL_MESSAGES_PER_SECOND: "1003",
    SHOAL_MESSAGE_BURST: "1004",
    SHOAL_SWARMS_PER_SOCKET: "1005",
    SHOAL_SWARMS_PER_ADDRESS: "1006",
    SHOAL_ANNOUNCE_INTERVAL: "60",
  });
  expect(config).toEqual({
    host: "::",
    port: 0,
    publicUrl: "https://shoal.example.org:8443",
    logLevel: "info",
    iceServers: turn,
    trustedProxies: ["10.0.0.0/8", "::1"],
    limits: {
      ...defaultLimits,
      socketsPerAddress: 1000,
      upgradesPerSecond: 1001,
      upgradeBurst: 1002,
      messagesPerSecond: 1003,
      messageBurst: 1004,
      swarmsPerSocket: 1005,
      swarmsPerAddress: 1006,
      announceInterval: 60,
    },
  });
  expect(readConfig({ SHOAL_ICE_SERVERS: "[]" }).iceServers).toEqual([]);
});

test.each([
  ["PORT", "http"],
  ["PORT", "65536"],
  ["PORT", "80.5"],
  ["PORT", "-1"],
  ["HOST", "http://example.org"],
  ["SHOAL_PUBLIC_URL", "shoal.example.org"],
  ["SHOAL_PUBLIC_URL", "https://shoal.example.org/app/"],
  ["SHOAL_LOG_LEVEL", "loud"],
  ["SHOAL_ICE_SERVERS", "stun:stun.example.org"],
  ["SHOAL_ICE_SERVERS", '{"urls":"stun:stun.example.org"}'],
  ["SHOAL_ICE_SERVERS", '[{"urls":"http://example.org"}]'],
  ["SHOAL_ICE_SERVERS", '[{"url":"stun:stun.example.org"}]'],
  ["SHOAL_TRUSTED_PROXIES", "10.0.0.0/8,proxy.example.org"],
  ["SHOAL_TRUSTED_PROXIES", "10.0.0.0/64"],
  ["SHOAL_SOCKETS_PER_ADDRESS", "0"],
  ["SHOAL_ANNOUNCE_INTERVAL", "5"],
])("%s=%s stops the start with a sentence that says which and why", (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name} is “${value}”, but must be `);
});
