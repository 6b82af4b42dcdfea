import { type ErrorCode, ProviderError } from "@hybrid/kernel";

/** Whether a call failed with one of the codes. */
export const failedWith = (error: unknown, ...codes: readonly ErrorCode[]): boolean =>
  error instanceof ProviderError && codes.includes(error.code);

/** What `work` resolves with, or `instead` when it fails with one of the codes. */
export const unless = async <Result, Instead>(
  codes: readonly ErrorCode[],
  instead: Instead,
  work: Promise<Result>,
): Promise<Result | Instead> => {
  try {
    return await work;
  } catch (error) {
    if (failedWith(error, ...codes)) return instead;
    throw error;
  }
};
