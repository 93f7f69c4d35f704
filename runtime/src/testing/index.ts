/** Tests of what calls an API: a transport that answers as the spec says, and one that plays what was recorded. No test runner is needed. */
export {
  type Answer,
  type Fails,
  type FakeCall,
  fails,
  type Later,
  later,
  type Outcome,
  type Refuses,
  refuses,
  type Step,
} from "./answer.js";
export { type Clock, type FakeClock, fakeClock } from "./clock.js";
export { type Fake, type FakeOptions, fakeTransport, UnexpectedCall } from "./fake.js";
export type { Sensitive } from "./masked.js";
export { type Recorded, type RecordedOptions, recordedTransport } from "./recorded.js";
export { StaleRecording } from "./recording.js";
