/** What one verified credential says of the caller. */
export interface Identity {
  /** The security scheme that it came by. */
  readonly scheme: string;
  /** The caller, unique among all issuers (R29): the mapped claims, or the owner of the key. */
  readonly id: string;
  readonly subject: string;
  readonly issuer: string | undefined;
  readonly client: string | undefined;
  readonly tenant: string | undefined;
  readonly scopes: ReadonlySet<string>;
  /** Roles as the credential states them, before the hierarchy is applied. */
  readonly roles: ReadonlySet<string>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * The authenticated caller of an operation. With several credentials it is the first of the clause that let the call in. Generated
 * handlers say what the guards have proved of it: the roles that there are, the claims that the token has, and its tenant.
 */
export interface Principal<
  Role extends string = string,
  Claim extends string = never,
  Tenant extends string | undefined = string | undefined,
> extends Identity {
  /** Roles of all credentials, inherited ones included; names that are no roles of the API are not among them. */
  readonly roles: ReadonlySet<Role>;
  readonly tenant: Tenant;
  readonly claims: Readonly<Record<string, unknown>> & Readonly<Record<Claim, string>>;
  /** Every credential of the clause, by scheme. */
  readonly credentials: Readonly<Record<string, Identity>>;
}
