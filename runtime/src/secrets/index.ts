/** Secrets that do not print, and the places that they come from. */
export { type AwsSecretsOptions, type AwsSigner, awsSecrets } from "./from-aws.js";
export { type CommandOptions, command } from "./from-command.js";
export { environment } from "./from-environment.js";
export { type FilesOptions, files } from "./from-files.js";
export { type GoogleSecretsOptions, googleSecrets } from "./from-google.js";
export { type HttpSecretsOptions, httpSecrets } from "./from-http.js";
export { type VaultAuth, type VaultOptions, vault } from "./from-vault.js";
export type { SecretFetch, SecretRequest } from "./json-answer.js";
export { type LoadedSecrets, type LoadOptions, loadSecrets } from "./load.js";
export { Secret } from "./secret.js";
export type { SecretSource } from "./source.js";
export type { SuppliedSecret } from "./supplied.js";
