/** Why Redis does not answer, and what a person does about it. */
export interface RedisTrouble {
  /** The reason in Redis's or the network's own words; never a credential. */
  readonly reason: string;
  readonly advice: string;
  /** Waiting does not cure it: somebody has to change the configuration. */
  readonly needsConfiguration: boolean;
}

interface TroubleRule {
  readonly pattern: RegExp;
  readonly advice: string;
  readonly needsConfiguration?: true;
}

/** The first one that fits counts. Codes are Redis's error prefixes, and Node's for the system and TLS. */
const rules: readonly TroubleRule[] = [
  {
    pattern: /\b(?:WRONGPASS|NOAUTH|invalid password|without any password configured)/,
    advice: "check the user name and the password in REDIS_URL",
    needsConfiguration: true,
  },
  {
    pattern: /\bNOPERM\b/,
    advice:
      "give the Redis user of REDIS_URL the categories @read, @write, @scripting and @pubsub, and the " +
      "commands INFO and TIME",
    needsConfiguration: true,
  },
  {
    pattern: /\bENOTFOUND\b/,
    advice: "nobody knows this host name: check the host in REDIS_URL",
    needsConfiguration: true,
  },
  { pattern: /\bEAI_AGAIN\b/, advice: "the name service does not answer: check DNS" },
  {
    pattern: /certificate|CERT_|self-signed/i,
    advice: "the server's certificate is not trusted: name its authority in NODE_EXTRA_CA_CERTS",
    needsConfiguration: true,
  },
  {
    pattern: /wrong version number|EPROTO|ERR_SSL/i,
    advice:
      "one side speaks TLS and the other does not: REDIS_URL begins with rediss:// for TLS, else redis://",
    needsConfiguration: true,
  },
  { pattern: /\bREADONLY\b/, advice: "this is a replica: REDIS_URL must name the primary" },
  {
    pattern: /\b(?:MOVED|ASK|CROSSSLOT|CLUSTERDOWN)\b/,
    advice: "this is one node of a cluster: REDIS_URL must name an endpoint that serves all slots",
  },
  {
    pattern: /\b(?:OOM|MISCONF)\b/,
    advice:
      "Redis refuses to write: give it memory or disk; without lists of meetings a few megabytes are enough",
  },
  { pattern: /\b(?:LOADING|BUSY)\b/, advice: "Redis is busy; this passes by itself" },
];

const unreachable = "see whether Redis runs there and can be reached from this worker";

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // Several addresses of one host have been tried: each failure is inside, and the message is empty.
  const inner = error instanceof AggregateError ? error.errors.map((each) => reasonOf(each)).join("; ") : "";
  const { code } = error as NodeJS.ErrnoException;
  const text = error.message === "" ? inner : error.message;
  return code === undefined || text.includes(code) ? text : `${code} ${text}`;
};

/**
 * Reads an error of ioredis. Only its message is taken along: the error itself holds the command, and that of
 * a failed login holds the password.
 */
export const redisTrouble = (error: unknown): RedisTrouble => {
  const reason = reasonOf(error);
  const rule = rules.find(({ pattern }) => pattern.test(reason));
  return {
    reason,
    advice: rule?.advice ?? unreachable,
    needsConfiguration: rule?.needsConfiguration ?? false,
  };
};
