import { createPublicKey, type KeyObject, timingSafeEqual, X509Certificate } from "node:crypto";
import { entraFault } from "./entra-fault.ts";

/** Proof of identity of an application. */
export type AppCredential =
  | { readonly kind: "certificate"; readonly certPem: string }
  | { readonly kind: "secret"; readonly secret: string };

/** An application as its publisher registered it; the same in every tenant. */
export interface AppRegistration {
  /** A GUID. */
  readonly clientId: string;
  readonly displayName?: string;
  /** Several may be valid at once, as during a rollover. */
  readonly credentials: readonly AppCredential[];
  /** Application permissions that consent grants; {@link defaultRoles} when left out. */
  readonly roles?: readonly string[];
  /** Where the pages of Entra may redirect; any https address when left out. */
  readonly redirectUris?: readonly string[];
}

/** A tenant (directory). */
export interface TenantSpec {
  /** A GUID. */
  readonly tenantId: string;
  readonly displayName: string;
  /** Verified domains, under which the tenant can be addressed too. */
  readonly domains?: readonly string[];
  /** Two letters; `US` when left out. */
  readonly countryLetterCode?: string;
  /** Services with an enabled plan; `exchange` and `SharePoint` when left out. */
  readonly services?: readonly string[];
  /** Client ids of applications that have consent from the start. */
  readonly consentedApps?: readonly string[];
}

/** What an application may do when its registration names no permissions. */
export const defaultRoles: readonly string[] = [
  "Calendars.ReadWrite",
  "Mail.ReadWrite",
  "MailboxSettings.ReadWrite",
  "User.Read.All",
];

/** A public key that an app registration trusts, by the thumbprints of its certificate. */
export interface TrustedCertificate {
  /** SHA-256, hexadecimal in lower case. */
  readonly sha256: string;
  /** SHA-1, hexadecimal in lower case. */
  readonly sha1: string;
  readonly publicKey: KeyObject;
}

interface App {
  readonly registration: AppRegistration;
  readonly certificates: readonly TrustedCertificate[];
}

interface Consent {
  state: "granted" | "revoked" | "removed";
  roles: readonly string[];
  /** Raised by every revocation: tokens of an earlier epoch are refused. */
  epoch: number;
}

interface Tenant {
  readonly spec: TenantSpec;
  readonly consents: Map<string, Consent>;
  /** By client id, what an Exchange administrator grants beside the consent (RBAC for Applications). */
  readonly exchangeRoles: Map<string, readonly string[]>;
}

const trusted = (certPem: string): TrustedCertificate => {
  const certificate = new X509Certificate(certPem);
  const hex = (fingerprint: string): string => fingerprint.replaceAll(":", "").toLowerCase();
  return {
    sha256: hex(certificate.fingerprint256),
    sha1: hex(certificate.fingerprint),
    publicKey: createPublicKey(certificate.publicKey.export({ type: "spki", format: "pem" })),
  };
};

const sameSecret = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
};

/** Tenants, applications, and which tenant lets which application in. */
export class Tenants {
  readonly #apps = new Map<string, App>();
  readonly #tenants = new Map<string, Tenant>();
  readonly #byDomain = new Map<string, Tenant>();

  registerApp(registration: AppRegistration): void {
    const certificates = registration.credentials.flatMap((credential) =>
      credential.kind === "certificate" ? [trusted(credential.certPem)] : [],
    );
    this.#apps.set(registration.clientId, { registration, certificates });
  }

  /** Throws RangeError when the tenant exists, or consents to an application that is not registered. */
  addTenant(spec: TenantSpec): void {
    if (this.#tenants.has(spec.tenantId)) throw new RangeError(`tenant ${spec.tenantId} exists already`);
    const tenant: Tenant = { spec, consents: new Map(), exchangeRoles: new Map() };
    this.#tenants.set(spec.tenantId, tenant);
    for (const domain of spec.domains ?? []) this.#byDomain.set(domain.toLowerCase(), tenant);
    for (const clientId of spec.consentedApps ?? []) this.grant(spec.tenantId, clientId);
  }

  /** Throws RangeError for an unknown tenant. */
  spec(tenantId: string): TenantSpec {
    return this.#tenantOf(tenantId).spec;
  }

  /** Throws RangeError for an unknown tenant or application. */
  grant(tenantId: string, clientId: string, roles?: readonly string[]): void {
    const granted = roles ?? this.#appOf(clientId).registration.roles ?? defaultRoles;
    const { consents } = this.#tenantOf(tenantId);
    const epoch = consents.get(clientId)?.epoch ?? 0;
    consents.set(clientId, { state: "granted", roles: granted, epoch });
  }

  /** Throws RangeError for an unknown tenant. */
  revoke(tenantId: string, clientId: string, state: "revoked" | "removed"): void {
    const { consents } = this.#tenantOf(tenantId);
    const epoch = (consents.get(clientId)?.epoch ?? 0) + 1;
    consents.set(clientId, { state, roles: [], epoch });
  }

  /** Replaces what an Exchange administrator grants; no token shows it. Throws RangeError as `grant`. */
  grantInExchange(tenantId: string, clientId: string, roles: readonly string[]): void {
    this.#tenantOf(tenantId).exchangeRoles.set(clientId, roles);
  }

  /** What an Exchange administrator has granted. */
  exchangeRoles(tenantId: string, clientId: string): readonly string[] {
    return this.#tenants.get(tenantId)?.exchangeRoles.get(clientId) ?? [];
  }

  /** Raised by every revocation: what was issued under another one counts no more. */
  epoch(tenantId: string, clientId: string): number {
    return this.#tenants.get(tenantId)?.consents.get(clientId)?.epoch ?? 0;
  }

  app(clientId: string): App | null {
    return this.#apps.get(clientId) ?? null;
  }

  /** The tenant id behind an id or verified domain. Throws AADSTS90002. */
  resolve(idOrDomain: string): string {
    const key = idOrDomain.toLowerCase();
    const tenant = this.#tenants.get(key) ?? this.#byDomain.get(key);
    if (tenant) return tenant.spec.tenantId;
    throw entraFault(
      "tenantNotFound",
      `Tenant '${idOrDomain}' not found. Check the tenant id and the cloud.`,
    );
  }

  /** What the application may do in the tenant. Throws AADSTS700016 or 65001. */
  consent(tenantId: string, clientId: string): { readonly roles: readonly string[]; readonly epoch: number } {
    const consent = this.#tenantOf(tenantId).consents.get(clientId);
    if (!consent || consent.state === "removed" || !this.#apps.has(clientId))
      throw entraFault(
        "appNotInTenant",
        `Application with identifier '${clientId}' was not found in the directory '${tenantId}'.`,
      );
    if (consent.state === "revoked")
      throw entraFault(
        "consentMissing",
        `The administrator has not consented to use the application with ID '${clientId}'.`,
      );
    return consent;
  }

  /** Whether a token of an earlier time still counts. */
  isCurrent(tenantId: string, clientId: string, epoch: number): boolean {
    const consent = this.#tenants.get(tenantId)?.consents.get(clientId);
    return consent?.state === "granted" && consent.epoch === epoch;
  }

  /** Throws AADSTS7000215. */
  checkSecret(clientId: string, secret: string): void {
    const credentials = this.#apps.get(clientId)?.registration.credentials ?? [];
    if (!credentials.some((known) => known.kind === "secret" && sameSecret(known.secret, secret)))
      throw entraFault("secretInvalid", `Invalid client secret provided for application '${clientId}'.`);
  }

  #tenantOf(tenantId: string): Tenant {
    const tenant = this.#tenants.get(tenantId);
    if (!tenant) throw new RangeError(`the simulator has no tenant ${tenantId}`);
    return tenant;
  }

  #appOf(clientId: string): App {
    const app = this.#apps.get(clientId);
    if (!app) throw new RangeError(`no application ${clientId} is registered with the simulator`);
    return app;
  }
}
