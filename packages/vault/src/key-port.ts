/** A key as it may be kept anywhere: without the key that wraps it, it is of no use. */
export interface WrappedKey {
  /** The key-encryption key that wraps it, by an id that a port can find it by. */
  readonly wrappedBy: string;
  /** Base64url. */
  readonly wrapped: string;
}

/**
 * What holds the key-encryption keys. A cloud's KMS is one more implementation: `wrap` is its Encrypt (or
 * wrapKey) with the newest key, `unwrap` its Decrypt, `purpose` its encryption context or associated data,
 * and `wrappedBy` the key's ARN or versioned URL. The bytes are 32; a KMS never sees a value, and it is
 * asked once for each organisation's key in an hour.
 */
export interface KeyPort {
  /** The id of the key that wraps at present. Rejects when the keys cannot be reached; that may pass. */
  newest(): Promise<string>;
  /** Wraps under the newest key, bound to a purpose. Rejects as {@link newest}. */
  wrap(bytes: Uint8Array, purpose: string): Promise<WrappedKey>;
  /**
   * Unwraps what was wrapped for the same purpose. Rejects as {@link newest}, with ConfigError when the key
   * that wraps it is not there, and with DecodeError for damage.
   */
  unwrap(key: WrappedKey, purpose: string): Promise<Uint8Array>;
}
