/** A study or campaign definition supplied by an objective, in a client's form. Its schema is checked at its use. */
export interface NamedDefinition {
  readonly name: string;
  /** One plain sentence. */
  readonly summary: string;
  readonly definition: Readonly<Record<string, unknown>>;
}

/** The definitions that an objective brings along. Names are unique among all objectives, for each kind. */
export interface ObjectiveDefinitions {
  /** Named studies; POST /v1/studies takes their names. */
  readonly studyPresets?: readonly NamedDefinition[];
  /** Named campaigns; POST /v1/campaigns takes their names. */
  readonly campaignPresets?: readonly NamedDefinition[];
  /** Bodies of POST /v1/studies, for the API's documentation. */
  readonly studyExamples?: readonly NamedDefinition[];
  /** Bodies of POST /v1/campaigns, for the API's documentation. */
  readonly campaignExamples?: readonly NamedDefinition[];
  /** Bodies of POST /v1/campaigns that the command `quickstart` offers, each with a `name`. */
  readonly quickstarts?: readonly NamedDefinition[];
}
