import { generate } from "selfsigned";

/** A certificate with its private key, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Who signs certificates. */
export const makeAuthority = async (name: string): Promise<Certificate> => {
  const made = await generate([{ name: "commonName", value: name }], {
    algorithm: "sha256",
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { key: made.private, cert: made.cert };
};

/** A certificate for 127.0.0.1 alone: by the name localhost its broker is somebody else. */
export const issue = async (
  authority: Certificate,
  commonName: string,
  rest: {
    readonly organisation?: string;
    readonly notBeforeDate?: Date;
    readonly notAfterDate?: Date;
  } = {},
): Promise<Certificate> => {
  const { organisation, ...dates } = rest;
  const organisations = organisation === undefined ? [] : [{ name: "organizationName", value: organisation }];
  const made = await generate([...organisations, { name: "commonName", value: commonName }], {
    algorithm: "sha256",
    keyType: "ec",
    ca: authority,
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "extKeyUsage", serverAuth: true, clientAuth: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
    ...dates,
  });
  return { key: made.private, cert: made.cert };
};
