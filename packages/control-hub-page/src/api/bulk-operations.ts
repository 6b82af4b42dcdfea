import { BulkFile, BulkJob, BulkJobs, bulkMax } from "./bulk.ts";
import { csv, json, type Operation, ofOrg, org } from "./operation.ts";
import { word } from "./shapes.ts";

/** Many orders from one file. */
export const bulkOperations = {
  bulkJobs: {
    method: "GET",
    path: "/o/{org}/bulk",
    summary: "Files of orders of the last day.",
    role: "support",
    params: org,
    answer: json(BulkJobs),
  },
  planBulk: {
    method: "POST",
    path: "/o/{org}/bulk",
    summary: "Looks at a file of orders about users, and says what each line would do. Nothing is ordered.",
    role: "support",
    params: org,
    body: BulkFile,
    bodyType: "text/csv",
    bodyBytesMax: bulkMax.bytes,
    answer: json(BulkJob),
    status: 201,
  },
  bulkJob: {
    method: "GET",
    path: "/o/{org}/bulk/{job}",
    summary: "A file of orders: what it would do, and what became of it.",
    role: "support",
    params: ofOrg({ job: word }),
    answer: json(BulkJob),
  },
  applyBulk: {
    method: "POST",
    path: "/o/{org}/bulk/{job}/apply",
    summary: "Gives the orders of a file, each for the version that was looked at.",
    role: "support",
    params: ofOrg({ job: word }),
    answer: json(BulkJob),
    status: 202,
  },
  bulkReport: {
    method: "GET",
    path: "/o/{org}/bulk/{job}/report.csv",
    summary: "What each line of a file comes to, and what became of it, as CSV.",
    role: "support",
    params: ofOrg({ job: word }),
    answer: csv,
  },
} as const satisfies Readonly<Record<string, Operation>>;
