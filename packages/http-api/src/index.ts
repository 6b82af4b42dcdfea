export { HttpFault, type HttpFaultMore } from "./http-fault.ts";
export { answerProblems } from "./problems.ts";
export { openRedisRequestMemory } from "./redis-request-memory.ts";
export { idempotencyKeyOf, RepeatedRequests } from "./repeated-requests.ts";
export { type RequestMemory, RequestsUnavailable } from "./request-memory.ts";
export { openSqliteRequestMemory } from "./sqlite-request-memory.ts";
