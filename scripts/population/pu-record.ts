/**
 * A person record as PU holds it: the names and the nesting of PersonRecordType in XSD 5.0, everything unmasked. Only what the
 * synthetic population and the sandbox use. Absent means that PU has nothing there.
 */
export interface PuIdentity {
  readonly root: string;
  readonly extension: string;
}

/** `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; the format follows from the length. */
export type PuPartialDate = string;

export interface PuLocality {
  readonly populationRegistrationDate?: PuPartialDate;
  readonly countyCode?: string;
  readonly municipalityCode?: string;
  readonly parishCode?: string;
  readonly propertyDesignation?: string;
  readonly populationRegistrationType?: 'FB' | 'UV' | 'OB';
  /** ISO 8601 with offset. */
  readonly localRegistrationTime?: string;
  readonly localRegistrationEndTime?: string;
}

export interface PuResidentialAddress {
  readonly careOf?: string;
  readonly postalAddress1?: string;
  readonly postalAddress2?: string;
  /** 0 stands for missing. */
  readonly postalCode?: number;
  readonly city?: string;
}

export interface PuAddressAbroad {
  readonly postalAddress1?: string;
  readonly postalAddress2?: string;
  readonly postalAddress3?: string;
  /** Full text, for all its name. */
  readonly countryCode?: string;
}

export interface PuName {
  readonly givenNameIndicator?: number;
  readonly givenName?: string;
  readonly middleName?: string;
  readonly surname?: string;
  readonly notificationName?: string;
}

export interface PuDeregistration {
  readonly deregistrationReasonCode?: string;
  readonly deregistrationDate?: PuPartialDate;
  readonly foundDeadAtDate?: PuPartialDate;
}

export interface PuContactInformation {
  readonly contactType: string;
  readonly use?: string;
  readonly value?: string;
  readonly digitalNotification?: boolean;
}

export interface PuContactPerson {
  /** A SNOMED CT code. */
  readonly contactRelationshipType: string;
  readonly priorityOrder?: number;
  readonly givenName?: string;
  readonly surName?: string;
  readonly middleName?: string;
  readonly contactPersonContactInformation?: readonly PuContactInformation[];
}

export interface PuRelationship {
  readonly relationshipId: {
    readonly personalIdentity?: PuIdentity;
    readonly dateOfBirth?: PuPartialDate;
  };
  readonly relationshipType: string;
  readonly relationshipFromDate?: PuPartialDate;
  readonly relationshipToDate?: PuPartialDate;
  readonly name?: PuName;
  readonly status?: string;
}

export interface PuActor {
  readonly id: PuIdentity;
  readonly professional?: { readonly organizationId: PuIdentity };
  readonly updateTime?: string;
}

export interface PuRecord {
  readonly personalIdentity: PuIdentity;
  readonly identityLevel?: string;
  readonly identityLevelDate?: PuPartialDate;
  readonly gender?: string;
  readonly protectedPersonIndicator: boolean;
  readonly testIndicator: boolean;
  readonly primaryIdentity: boolean;
  /** `YYYYMMDDhhmmss`, Swedish local time. */
  readonly version?: string;
  readonly name?: PuName;
  readonly linkedIdentity?: readonly {
    readonly referredPersonalIdentity: PuIdentity;
    readonly assuranceLevel: string;
    readonly primaryIdentity: boolean;
  }[];
  readonly referredPersonalIdentities?: readonly {
    readonly referredPersonalIdentity: PuIdentity;
    readonly referredPersonalIdentityStatus?: 'NY' | 'AS';
  }[];
  readonly birth?: {
    readonly dateOfBirth?: PuPartialDate;
    readonly placeOfBirthSweden?: {
      readonly birthCountyCode?: string;
      readonly birthParish?: string;
    };
    readonly birthAbroad?: {
      readonly placeOfBirthAbroad?: string;
      readonly countryOfBirth?: string;
    };
  };
  readonly populationRegistrationLocality?: PuLocality;
  readonly populationRegistrationRecord?: {
    readonly syncronizationTime?: string;
    readonly notificationCase?: {
      readonly recordId?: string;
      readonly notificationType?: string;
      readonly totalRecord?: boolean;
    };
    readonly historicalRecords?: {
      readonly populationRegistrationLocality?: readonly PuLocality[];
      readonly historicalAddress?: PuResidentialAddress;
    };
  };
  readonly addressInformation?: {
    readonly residentialAddress?: PuResidentialAddress;
    readonly specialPostalAddress?: PuResidentialAddress;
    readonly addressAbroad?: PuAddressAbroad;
    readonly givenAddress?: PuResidentialAddress;
  };
  readonly contactInformation?: readonly PuContactInformation[];
  readonly contactPerson?: readonly PuContactPerson[];
  readonly administrativeInformation?: {
    readonly categoryOfPerson?: string;
    readonly accountCode?: string;
    readonly comment?: string;
  };
  readonly deregistration?: PuDeregistration;
  readonly maritalStatus?: {
    readonly maritalStatusCode?: string;
    readonly maritalStatusDate?: PuPartialDate;
  };
  readonly immigration?: {
    readonly immigrationDate?: PuPartialDate;
    readonly rightOfResidence?: boolean;
  };
  readonly citizenship?: readonly {
    readonly citizenshipCountryCode?: string;
    readonly citizenshipDate?: PuPartialDate;
    readonly status?: string;
  }[];
  readonly relationship?: readonly PuRelationship[];
  readonly coOrdinationNumberData?: {
    readonly allocationDate?: PuPartialDate;
    readonly preliminaryTransferDate?: PuPartialDate;
    readonly renewalDate?: PuPartialDate;
    readonly deceasedDate?: PuPartialDate;
  };
  readonly personalIdentityStatus?: {
    readonly identityStatus?: string;
    readonly identityStatusDate?: PuPartialDate;
    readonly identityStatusCause?: string;
  };
  readonly updatePersonActor?: PuActor;
  readonly updatePersonContactInformationActor?: PuActor;
  readonly optoutPaperNotification?: boolean;
  readonly protectedPopulationRecord?: boolean;
}
