/**
 * The version of the messages. It rises when a reader of the version before would misread a message;
 * a reader that meets a later version gives the message back for some minutes, for a process that knows it, and then
 * dead-letters it, so nothing is lost in a mixed rollout. Messages of version 1 are read still (from-version-1.ts).
 */
export const CONTRACT_VERSION = 2;
