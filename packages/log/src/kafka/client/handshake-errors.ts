import type { Credentials } from "./access.ts";

/**
 * Why a connection did not come to be.
 * - credentials: nobody but an administrator can help.
 * - certificate: one of both certificates does not do; it may be replaced while we run.
 * - protocol: the listener speaks something else than we do, as far as can be told.
 * - unreachable: nobody answers.
 */
export type HandshakeFault = "credentials" | "certificate" | "protocol" | "unreachable";

/** A connection could not be opened; the message names the broker and what to do, and never a secret. */
export class HandshakeError extends Error {
  override readonly name = "HandshakeError";
  readonly fault: HandshakeFault;
  /** For log lines, which carry no messages. */
  readonly code: string;

  constructor(
    message: string,
    told: { readonly fault: HandshakeFault; readonly code: string },
    cause: unknown,
  ) {
    super(message, { cause });
    this.fault = told.fault;
    this.code = told.code;
  }
}

/** To whom a connection was to be, and how. */
export interface Attempt extends Credentials {
  /** host:port */
  readonly address: string;
}

interface Explained {
  readonly fault: HandshakeFault;
  /** Goes on after "broker host:port ". */
  readonly text: string;
}

interface Raised {
  readonly name?: string;
  readonly type?: string;
  readonly code?: unknown;
  readonly message?: string;
}

/** Node's names of what OpenSSL finds wrong with the broker's certificate. */
const certificateFaults: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "shows a certificate that has expired; renew it on the broker",
  CERT_NOT_YET_VALID: "shows a certificate that is not valid yet; check the clocks of both machines",
  CERT_REVOKED: "shows a certificate that was revoked; renew it on the broker",
  ERR_TLS_CERT_ALTNAME_INVALID:
    "shows a certificate for other host names; connect by a name that it holds (advertised.listeners too), " +
    "or have it issued for this one",
};

const untrusted = /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_SIGNATURE|CERT_UNTRUSTED|INVALID_CA/;

/** Alerts of TLS by which a server refuses a client's certificate, or the lack of one. */
const clientCertificate = /ALERT_(\w*CERTIFICATE\w*|UNKNOWN_CA|ACCESS_DENIED)|HANDSHAKE_FAILURE/;

const notTls = /WRONG_VERSION_NUMBER|PACKET_LENGTH|before secure TLS connection|EPROTO|UNEXPECTED_MESSAGE/;

const explainTls = (code: string, message: string, ssl: Credentials["ssl"]): Explained | undefined => {
  const known = certificateFaults[code];
  if (known) return { fault: "certificate", text: known };
  if (untrusted.test(code))
    return {
      fault: "certificate",
      text:
        "shows a certificate that no authority we trust has signed; " +
        `give the certificate of its authority (ssl.ca${ssl === true ? "; none is given" : ""})`,
    };
  if (clientCertificate.test(`${code} ${message.toUpperCase().replaceAll(" ", "_")}`))
    return {
      fault: "certificate",
      text:
        ssl !== undefined && ssl !== true && ssl.cert !== undefined
          ? "refuses our client certificate; have it issued by an authority that the brokers trust"
          : "demands a client certificate; give one (ssl.cert and ssl.key)",
    };
  if (notTls.test(`${code} ${message}`))
    return {
      fault: "protocol",
      text: "does not speak TLS on this port; check the port, or leave TLS out if the listener has none",
    };
  return undefined;
};

const explainLogin = ({ name, type, message }: Raised, sasl: Credentials["sasl"]): Explained | undefined => {
  const mechanism = sasl?.mechanism.toUpperCase() ?? "";
  if (type === "ILLEGAL_SASL_STATE")
    return {
      fault: "credentials",
      text: "expects no login on this port; check the port, or leave user and password out",
    };
  if (type === "UNSUPPORTED_SASL_MECHANISM" || /mechanism is not supported/.test(message ?? ""))
    return {
      fault: "credentials",
      text: `does not know ${mechanism} on this port; choose a mechanism that the listener has enabled`,
    };
  if (name === "KafkaJSSASLAuthenticationError" || type === "SASL_AUTHENTICATION_FAILED")
    return {
      fault: "credentials",
      text: `refuses user ${sasl?.username ?? ""} by ${mechanism}; check user, password and mechanism`,
    };
  return undefined;
};

/** What an error on the way to an open connection means. */
export const handshakeError = (error: unknown, { address, ssl, sasl }: Attempt): HandshakeError => {
  const raised: Raised = typeof error === "object" && error !== null ? error : {};
  const message = raised.message ?? String(error);
  const code = typeof raised.code === "string" ? raised.code : (raised.type ?? raised.name ?? "unknown");
  const explained =
    explainLogin(raised, sasl) ?? (ssl === undefined ? undefined : explainTls(code, message, ssl));
  const { fault, text } = explained ?? explainSilence(raised, { ssl, message });
  return new HandshakeError(`broker ${address} ${text} (${code})`, { fault, code }, error);
};

const explainSilence = (
  { name }: Raised,
  { ssl, message }: { readonly ssl: Credentials["ssl"]; readonly message: string },
): Explained =>
  name === "KafkaJSConnectionClosedError" && ssl === undefined
    ? {
        fault: "protocol",
        text: "closed the connection at our first word; its listener may demand TLS, or is not Kafka's",
      }
    : { fault: "unreachable", text: `cannot be reached: ${message}` };
