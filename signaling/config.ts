/**
 * The configuration of the server is read from environment variables, once at start, and checked by a schema. A wrong
 * value stops the start with a sentence that names the variable and what it must be.
 */
import { type Static, type TSchema, Type } from "typebox";
import { Value } from "typebox/value";
import { isAddressRange } from "./client-address.ts";
import { DEFAULT_STUN_SERVERS, defaultLimits, type Limits } from "./constants.ts";

const IceServer = Type.Object(
  {
    urls: Type.Union([
      Type.String({ pattern: "^(stuns?|turns?):" }),
      Type.Array(Type.String({ pattern: "^(stuns?|turns?):" }), { minItems: 1 }),
    ]),
    username: Type.Optional(Type.String()),
    credential: Type.Optional(Type.String()),
  },
  { additionalProperties: false },
);

/** As `RTCPeerConnection` takes it. */
export type IceServer = Static<typeof IceServer>;

export const LogLevel = Type.Enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]);

export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** `https://host`, as people reach the server; null: as each request says. */
  readonly publicUrl: string | null;
  readonly logLevel: Static<typeof LogLevel>;
  readonly iceServers: readonly IceServer[];
  /** CIDR ranges whose `X-Forwarded-…` headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly limits: Limits;
}

/** A sentence about one variable, fit to be shown as it is. */
export class ConfigError extends Error {
  constructor(name: string, value: string, expected: string) {
    super(`${name} is “${value}”, but must be ${expected}. Correct it or leave it out, then start again.`);
    this.name = "ConfigError";
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads all variables; those that are missing or empty have their defaults. Throws ConfigError. */
export function readConfig(environment: Environment): Config {
  const wholeNumber = (name: string, fallback: number, minimum: number, maximum: number) =>
    read(environment, name, fallback, {
      schema: Type.Integer({ minimum, maximum }),
      parse: parseNumber,
      expected: `a whole number from ${minimum} to ${maximum}`,
    });

  return {
    host: read(environment, "HOST", "127.0.0.1", {
      schema: Type.String({ pattern: "^[A-Za-z0-9.:_-]+$" }),
      parse: (text) => text,
      expected: "a host name or an IP address, such as 127.0.0.1, 0.0.0.0 or ::",
    }),
    port: wholeNumber("PORT", 8080, 0, 65_535),
    publicUrl: read(environment, "SHOAL_PUBLIC_URL", null, {
      schema: Type.Union([Type.Null(), Type.String({ pattern: "^https?://[A-Za-z0-9.-]+(:[0-9]+)?$" })]),
      parse: (text) => text.replace(/\/$/, ""),
      expected: "the address at which people reach this server, such as https://shoal.example.org",
    }),
    logLevel: read(environment, "SHOAL_LOG_LEVEL", "warn", {
      schema: LogLevel,
      parse: (text) => text,
      expected: "one of fatal, error, warn, info, debug, trace, silent",
    }),
    iceServers: read(environment, "SHOAL_ICE_SERVERS", [{ urls: DEFAULT_STUN_SERVERS }], {
      schema: Type.Array(IceServer, { maxItems: 10 }),
      parse: parseJson,
      expected: 'a JSON list of ICE servers, such as [{"urls":"stun:stun.example.org:3478"}], or [] for none',
    }),
    trustedProxies: read(environment, "SHOAL_TRUSTED_PROXIES", [], {
      schema: Type.Array(Type.Refine(Type.String(), isAddressRange)),
      parse: (text) => text.split(",").map((range) => range.trim()),
      expected: "a list of addresses or CIDR ranges, such as 10.0.0.0/8,::1",
    }),
    limits: {
      ...defaultLimits,
      socketsPerAddress: wholeNumber(
        "SHOAL_SOCKETS_PER_ADDRESS",
        defaultLimits.socketsPerAddress,
        1,
        1_000_000,
      ),
      upgradesPerSecond: wholeNumber(
        "SHOAL_UPGRADES_PER_SECOND",
        defaultLimits.upgradesPerSecond,
        1,
        1_000_000,
      ),
      upgradeBurst: wholeNumber("SHOAL_UPGRADE_BURST", defaultLimits.upgradeBurst, 1, 1_000_000),
      messagesPerSecond: wholeNumber(
        "SHOAL_MESSAGES_PER_SECOND",
        defaultLimits.messagesPerSecond,
        1,
        1_000_000,
      ),
      messageBurst: wholeNumber("SHOAL_MESSAGE_BURST", defaultLimits.messageBurst, 1, 1_000_000),
      swarmsPerSocket: wholeNumber("SHOAL_SWARMS_PER_SOCKET", defaultLimits.swarmsPerSocket, 1, 10_000),
      swarmsPerAddress: wholeNumber(
        "SHOAL_SWARMS_PER_ADDRESS",
        defaultLimits.swarmsPerAddress,
        1,
        10_000_000,
      ),
      announceInterval: wholeNumber("SHOAL_ANNOUNCE_INTERVAL", defaultLimits.announceInterval, 10, 3600),
    },
  };
}

interface Setting<Schema extends TSchema> {
  readonly schema: Schema;
  readonly parse: (text: string) => unknown;
  /** Completes "NAME is …, but must be". */
  readonly expected: string;
}

function read<Schema extends TSchema>(
  environment: Environment,
  name: string,
  fallback: Static<Schema>,
  { schema, parse, expected }: Setting<Schema>,
): Static<Schema> {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const value = parse(text);
  if (!Value.Check(schema, value)) throw new ConfigError(name, text, expected);
  return value;
}

/** A number written in decimal digits; anything else stays a text, which no number's schema accepts. */
function parseNumber(text: string): unknown {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
