import type { AnyService } from "@hybrid/service";

/** A mistake made on purpose, so that a test can see the expectations fail. */
export interface PlantedFault {
  /** Makes of one of the product's services one with the mistake; others come back unchanged. */
  readonly plant: (service: AnyService) => AnyService;
  /** What a broken expectation says then. */
  readonly complaint: RegExp;
}
