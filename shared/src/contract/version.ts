/**
 * The version of the messages. It rises when a reader of the version before would misread a message;
 * a reader that meets a version it does not know dead-letters the message, so nothing is lost in a mixed rollout.
 */
export const CONTRACT_VERSION = 1;
