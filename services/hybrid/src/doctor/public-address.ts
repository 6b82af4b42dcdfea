import { randomBytes } from "node:crypto";
import { connect } from "node:tls";
import { type Finding, failed, ok, warning } from "../finding.ts";
import { renewBeforeDays } from "./certificates.ts";

const timeoutMs = 10_000;
const dayMs = 86_400_000;

const errorTexts: Readonly<Record<string, readonly [string, string]>> = {
  ENOTFOUND: ["the name is not known to DNS", "Add it to DNS, or correct PUBLIC_URL."],
  EAI_AGAIN: ["DNS does not answer", "Look at this machine's DNS."],
  ECONNREFUSED: ["nothing listens there", "Start the services, or the proxy before them; open the port."],
  ETIMEDOUT: [
    "no answer in time",
    "A firewall drops the packets: open the port from here and from the internet.",
  ],
  ECONNRESET: [
    "the connection is cut",
    "Something on the way speaks no TLS there: look at the proxy before the services.",
  ],
  EPROTO: [
    "what listens there speaks no TLS",
    "Set INGEST_TLS_KEY and INGEST_TLS_CERT, or a proxy that ends TLS.",
  ],
  CERT_HAS_EXPIRED: ["its certificate has expired", "Renew it: Microsoft accepts no expired one."],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "its certificate is self-signed",
    "Microsoft accepts certificates of public authorities alone.",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "its certificate is of a private authority",
    "Microsoft accepts certificates of public authorities alone.",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "its chain leads to no authority that is trusted here",
    "Serve it with its intermediate certificates; Microsoft accepts those of public authorities alone.",
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "its certificate is for another name",
    "Get a certificate for the name in PUBLIC_URL.",
  ],
};

const trouble = (what: string, error: unknown): Finding => {
  const code = (error as NodeJS.ErrnoException).code ?? "no code";
  const [found, todo] = errorTexts[code] ?? [
    "cannot be reached",
    "Look at the address, the port and the way there.",
  ];
  return failed(what, `${found} (${code})`, todo);
};

/** Shakes hands by TLS, and gives the days for which the certificate is good. */
const handshake = ({ hostname, port }: URL): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 443), servername: hostname }, () => {
      const { valid_to: validTo } = socket.getPeerCertificate();
      socket.end();
      resolve(Math.floor((Date.parse(validTo) - Date.now()) / dayMs));
    });
    socket.setTimeout(timeoutMs, () => {
      socket.destroy(Object.assign(new Error("no answer in time"), { code: "ETIMEDOUT" }));
    });
    socket.once("error", reject);
  });

const causeOf = (error: unknown): unknown => (error instanceof Error ? (error.cause ?? error) : error);

/**
 * Whether notification-ingest answers at its public address, as Graph asks it before it makes a subscription.
 * It is asked from here: whether the internet reaches it only Graph can tell, by the first subscription.
 */
export const checkPublicAddress = async (publicUrl: string, path: string): Promise<Finding> => {
  const what = "public address";
  let days: number;
  try {
    days = await handshake(new URL(publicUrl));
  } catch (error) {
    return trouble(what, error);
  }
  const token = randomBytes(12).toString("hex");
  const url = `${publicUrl.replace(/\/$/, "")}${path}?validationToken=${token}`;
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, { method: "POST", signal: AbortSignal.timeout(timeoutMs), redirect: "manual" });
    text = await answer.text();
  } catch (error) {
    return trouble(what, causeOf(error));
  }
  if (answer.status !== 200 || text !== token)
    return failed(
      what,
      `answers ${answer.status} to the handshake of Graph at ${path}, and not with the token`,
      "It must lead to notification-ingest, path and query unchanged.",
    );
  if (days < renewBeforeDays)
    return warning(what, `answers; its certificate expires in ${days} days`, "Renew the certificate.");
  return ok(what, `answers the handshake of Graph from here; its certificate is good for ${days} days`);
};
