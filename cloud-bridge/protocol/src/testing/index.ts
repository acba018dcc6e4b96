export { type RecordedFrame, type RecordedLine, readRecording, recordings } from "./recordings.ts";
