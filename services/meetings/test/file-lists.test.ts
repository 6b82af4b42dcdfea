import { openFileLists } from "./lists-stage.ts";
import { meetingViewContract } from "./meeting-view-contract.ts";

meetingViewContract("a file", openFileLists);
