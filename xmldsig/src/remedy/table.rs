//! The table: what to do, and the boxes in the consoles of identity providers and helpdesks.

use super::Console;

/// The label of a console as a literal, for texts that are put together when this is compiled.
macro_rules! label {
    (AdFs) => {
        "AD FS"
    };
    (Entra) => {
        "Entra"
    };
    (Google) => {
        "Google"
    };
    (Keycloak) => {
        "Keycloak"
    };
    (Okta) => {
        "Okta"
    };
    (OneLogin) => {
        "OneLogin"
    };
    (OtherIdentityProvider) => {
        "others"
    };
}

/// Of each remedy: what to do; boxes of identity providers, which are also part of the help of errors;
/// boxes of helpdesks; the settings of the desk.
macro_rules! remedies {
    ($(
        $(#[$meaning:meta])*
        $remedy:ident: $advice:literal
        { $($idp:ident: $box:literal,)* }
        { $($other:ident: $other_box:literal,)* }
    )*) => {
        /// Something that an administrator changes in a console.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Remedy { $($(#[$meaning])* $remedy,)* }

        impl Remedy {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$remedy,)*];

            /// What to do, without the places.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$remedy => $advice,)* }
            }

            /// What to do, and where in the consoles of identity providers.
            #[must_use]
            pub const fn help(self) -> &'static str {
                match self {
                    $(Self::$remedy => concat!($advice, $(" ", label!($idp), ": ", $box, ".",)*),)*
                }
            }

            /// Every box, by console.
            #[must_use]
            pub const fn boxes(self) -> &'static [(Console, &'static str)] {
                match self {
                    $(Self::$remedy => &[
                        $((Console::$idp, $box),)*
                        $((Console::$other, $other_box),)*
                    ],)*
                }
            }
        }
    };
}

remedies! {
    /// Where the response goes: Destination and Recipient.
    AcsUrl: "Copy the expected value into the identity provider, character by character."
    {
        Entra: "Single sign-on > Basic SAML Configuration > Reply URL (Assertion Consumer Service URL)",
        Okta: "General > SAML Settings > Single sign-on URL, with \"Use this for Recipient URL and Destination URL\"",
        OneLogin: "Configuration > ACS (Consumer) URL, ACS (Consumer) URL Validator and Recipient",
        Google: "Service provider details > ACS URL",
        AdFs: "Relying Party Trusts > Properties > Endpoints > SAML Assertion Consumer",
        Keycloak: "Clients > Advanced > Assertion Consumer Service POST Binding URL",
        OtherIdentityProvider: "the field for the assertion consumer service, also called ACS, Reply, Post-back or Recipient URL",
    }
    {
        HelpScout: "Manage > Company > Authentication > Post-back URL (Assertion Consumer Service URL): it has to stand in the identity provider",
        Jitbit: "the address of the helpdesk with /Saml/Consume at its end: it has to stand in the identity provider",
        Zendesk: "https://<subdomain>.zendesk.com/access/saml, also with a host name of your own: it has to stand in the identity provider",
        Desk: "url and prefix",
    }

    /// Who may sign in to the application.
    Assignment: "The identity provider refused, and its words are above. Often the person is not assigned to the application, or it does not know our entity ID or URL."
    {
        Entra: "Users and groups > Add user/group",
        Okta: "Assignments > Assign",
        OneLogin: "Access > Roles, or Users > Applications",
        Google: "User access > ON",
        AdFs: "Relying Party Trusts > Edit Access Control Policy",
        Keycloak: "Events, for the reason",
        OtherIdentityProvider: "the list of users or groups of the application, and its log",
    }
    {
        Jitbit: "Administration > Users, companies and permissions > Add user: nobody is created by signing in",
        Zendesk: "Admin Center > Account > Security > End users and Team members: which of them sign in this way",
    }

    /// The Audience.
    Audience: "Copy the expected value into the identity provider, character by character."
    {
        Entra: "Single sign-on > Basic SAML Configuration > Identifier (Entity ID)",
        Okta: "General > SAML Settings > Audience URI (SP Entity ID)",
        OneLogin: "Configuration > Audience (EntityID)",
        Google: "Service provider details > Entity ID",
        AdFs: "Relying Party Trusts > Properties > Identifiers",
        Keycloak: "Clients > Settings > Client ID",
        OtherIdentityProvider: "the field for the entity ID of the service provider, also called Audience, Identifier or Relying party",
    }
    {
        HelpScout: "Manage > Company > Authentication > Audience URI (Service Provider Entity ID), which begins with urn:",
        Jitbit: "always https://www.jitbit.com/web-helpdesk/",
        Zendesk: "https://<subdomain>.zendesk.com, also with a host name of your own",
        Desk: "sp_entity_id of the connection",
    }

    /// The way of signing in, AuthnContextClassRef.
    AuthnContext: "Let the identity provider ask for this way of signing in, or correct what the connection demands; deskgate explain shows what it sends."
    {
        Entra: "Conditional Access > Grant > Require authentication strength; the response may still say Password",
        Okta: "Sign On > User authentication > Authentication policy",
        OneLogin: "Access > Policy",
        AdFs: "Relying Party Trusts > Edit Access Control Policy > require multi-factor authentication",
        Keycloak: "Clients > Advanced > ACR to LoA Mapping",
        OtherIdentityProvider: "the sign-on policy of the application",
    }
    {
        Desk: "require_authn_context of the connection",
    }

    /// A new signing certificate for one that has ended.
    CertificateDates: "The certificate of the connection is outside its dates. Make a new signing certificate at the identity provider, add it to the connection, then make it the active one there."
    {
        Entra: "Single sign-on > SAML Certificates > Token signing certificate > Edit > New Certificate",
        Okta: "Sign On > SAML Signing Certificates > Generate new certificate",
        OneLogin: "Security > Certificates > New, then SSO > X.509 Certificate > Change",
        Google: "Apps > Web and mobile apps > Service provider details > Certificate > Manage certificates",
        AdFs: "Service > Certificates > Token-signing",
        Keycloak: "Realm settings > Keys > Add provider",
        OtherIdentityProvider: "the signing certificates of the application",
    }
    {
        HelpScout: "Manage > Company > Authentication > Upload Certificate",
        Jitbit: "Administration > General settings > Authentication settings > X.509 Certificate",
        Zendesk: "Admin Center > Account > Security > Single sign-on > Certificate fingerprint",
        Desk: "certificates of the connection; enforce_certificate_dates",
    }

    /// Whether assertions are encrypted.
    Encryption: "Give the identity provider the encryption certificate in the metadata of this connection and switch the encryption of assertions on, or demand none."
    {
        Entra: "Security > Token encryption > Import Certificate, then Activate",
        Okta: "General > SAML Settings > Show Advanced Settings > Assertion Encryption: Encrypted",
        OneLogin: "Configuration > Encrypt assertion, and SAML encryption > Public key",
        Google: "it cannot encrypt",
        AdFs: "Relying Party Trusts > Properties > Encryption",
        Keycloak: "Clients > Keys > Encrypt assertions",
        OtherIdentityProvider: "the field for the encryption of assertions",
    }
    {
        Desk: "require_encrypted of the connection",
    }

    /// The algorithms of encryption.
    EncryptionAlgorithm: "At the identity provider choose AES-256-GCM for the content and RSA-OAEP for the key, or switch the encryption of assertions off; the connection is encrypted anyway."
    {
        Entra: "Security > Token encryption; the algorithm cannot be chosen",
        Okta: "General > SAML Settings > Show Advanced Settings > Encryption Algorithm: AES256-GCM, Key Transport Algorithm: RSA-OAEP",
        OneLogin: "Configuration > SAML encryption method",
        AdFs: "Relying Party Trusts > Properties > Encryption > Remove; it has no GCM",
        Keycloak: "Clients > Keys > Encryption algorithm, Encryption key transport algorithm",
        OtherIdentityProvider: "the fields for the encryption of assertions",
    }
    {
        Desk: "dangerous_allow_cbc_until of the connection, for a while",
    }

    /// The certificate that assertions are encrypted to.
    EncryptionCertificate: "The identity provider encrypts, but not to a certificate whose key we have. Give it the encryption certificate in the metadata of this connection, or switch the encryption of assertions off."
    {
        Entra: "Security > Token encryption > Import Certificate",
        Okta: "General > SAML Settings > Show Advanced Settings > Encryption Certificate",
        OneLogin: "Configuration > SAML encryption > Public key",
        AdFs: "Relying Party Trusts > Properties > Encryption > Browse",
        Keycloak: "Clients > Keys > Encryption keys config > Import key",
        OtherIdentityProvider: "the field for the encryption certificate of the service provider",
    }
    {
        Desk: "the metadata of the connection has the certificate",
    }

    /// ForceAuthn.
    FreshSignIn: "The identity provider answered from an older session although a fresh sign-in was asked for. Let it honour that, or do not demand it."
    {
        Entra: "it honours ForceAuthn; look for a Conditional Access policy with Sign-in frequency",
        Okta: "General > SAML Settings > Show Advanced Settings > Honor Force Authentication: Yes",
        OneLogin: "Access > Policy > Force re-authentication",
        OtherIdentityProvider: "the field for forced authentication (ForceAuthn)",
    }
    {
        Desk: "force_authn of the connection",
    }

    /// Who speaks: the entity ID of the identity provider.
    Issuer: "Copy the value that was found into the connection, if it is your identity provider."
    {
        Entra: "Single sign-on > Set up > Microsoft Entra Identifier, https://sts.windows.net/<tenant>/ with the slash at its end",
        Okta: "Sign On > View SAML setup instructions > Identity Provider Issuer, http://www.okta.com/<key> with plain http",
        OneLogin: "SSO > Issuer URL",
        Google: "Service provider details > Download metadata > Entity ID",
        AdFs: "Edit Federation Service Properties > Federation Service identifier, with plain http",
        Keycloak: "Realm settings > General > SAML 2.0 Identity Provider Metadata > entityID",
        OtherIdentityProvider: "the field for the entity ID of the identity provider, also called Issuer",
    }
    {
        Desk: "idp_entity_id of the connection",
    }

    /// The metadata of the identity provider.
    Metadata: "Download the metadata again, of one identity provider and for SAML 2.0. From a federation's file, name the entity ID to take."
    {
        Entra: "Single sign-on > SAML Certificates > Federation Metadata XML",
        Okta: "Sign On > SAML 2.0 > Metadata URL",
        OneLogin: "More Actions > SAML Metadata",
        Google: "Service provider details > Download metadata",
        AdFs: "https://<host>/FederationMetadata/2007-06/FederationMetadata.xml",
        Keycloak: "Realm settings > General > SAML 2.0 Identity Provider Metadata",
        OtherIdentityProvider: "its metadata file or address",
    }
    {
        Desk: "metadata_file of the connection",
    }

    /// Where the name of the person comes from.
    NameId: "Choose a source for the NameID that every person has."
    {
        Entra: "Single sign-on > Attributes & Claims > Unique User Identifier (Name ID)",
        Okta: "General > SAML Settings > Application username, and Name ID format",
        OneLogin: "Parameters > NameID value",
        Google: "Service provider details > Name ID format and Name ID",
        AdFs: "Relying Party Trusts > Edit Claim Issuance Policy > outgoing claim type Name ID",
        Keycloak: "Clients > Settings > Name ID format",
        OtherIdentityProvider: "the field for the NameID, also called Subject or Application username",
    }
    {
        HelpScout: "the NameID is the e-mail address of the user",
        Jitbit: "the NameID is the Username under Administration > Users, companies and permissions",
        Zendesk: "the NameID is the primary e-mail address of the user",
    }

    /// What is signed: response, assertion or both.
    Signing: "Let the identity provider sign what this connection wants signed."
    {
        Entra: "Single sign-on > SAML Certificates > Token signing certificate > Edit > Signing Option",
        Okta: "General > SAML Settings > Show Advanced Settings > Response, and Assertion Signature: Signed",
        OneLogin: "Configuration > SAML signature element",
        Google: "Service provider details > Signed response: ticked signs the response, unticked the assertion",
        AdFs: "Set-AdfsRelyingPartyTrust -SamlResponseSignature MessageAndAssertion",
        Keycloak: "Clients > Settings > Sign documents, Sign assertions",
        OtherIdentityProvider: "the field for what is signed, response or assertion",
    }
    {
        Desk: "require_signed of the connection",
    }

    /// The algorithm of signatures.
    SigningAlgorithm: "Set the identity provider to RSA with SHA-256."
    {
        Entra: "Single sign-on > SAML Certificates > Token signing certificate > Edit > Signing Algorithm: SHA-256",
        Okta: "General > SAML Settings > Show Advanced Settings > Signature Algorithm: RSA-SHA256, Digest Algorithm: SHA256",
        OneLogin: "SSO > SAML Signature Algorithm: SHA-256",
        Google: "it always signs with SHA-256",
        AdFs: "Relying Party Trusts > Properties > Advanced > Secure hash algorithm: SHA-256",
        Keycloak: "Clients > Settings > Signature algorithm: RSA_SHA256",
        OtherIdentityProvider: "the field for the signature algorithm, also called secure hash",
    }
    {
        Desk: "dangerous_allow_sha1_until of the connection, for a while",
    }

    /// The certificate that responses are verified with.
    SigningCertificate: "Download the current signing certificate of the identity provider and add it to the connection."
    {
        Entra: "Single sign-on > SAML Certificates > Certificate (Base64) > Download",
        Okta: "Sign On > SAML Signing Certificates > Actions > Download certificate",
        OneLogin: "SSO > X.509 Certificate > View Details",
        Google: "Apps > Web and mobile apps > Download metadata > Certificate",
        AdFs: "Service > Certificates > Token-signing > View Certificate > Copy to File",
        Keycloak: "Realm settings > Keys > RS256 > Certificate",
        OtherIdentityProvider: "its signing certificate, X.509 in PEM, base64 or DER",
    }
    {
        HelpScout: "Manage > Company > Authentication > Upload Certificate, in PEM or CER",
        Jitbit: "Administration > General settings > Authentication settings > X.509 Certificate, as base-64 text",
        Zendesk: "Admin Center > Account > Security > Single sign-on > Certificate fingerprint",
        Desk: "certificates of the connection",
    }

    /// Where a sign-in begins.
    StartUrl: "The answer belongs to another sign-in: an older tab, a second click, or another browser. Start again at the helpdesk. If people start at the identity provider, give it our sign-on URL, or allow identity-provider-initiated sign-in for this connection."
    {
        Entra: "Single sign-on > Basic SAML Configuration > Sign on URL",
        Okta: "Applications > Browse App Catalog > Bookmark App, with our sign-on URL, for the tile",
        OneLogin: "Configuration > Login URL, with SAML initiator: Service Provider",
        Google: "Service provider details > Start URL",
        Keycloak: "Clients > Settings > Home URL",
        OtherIdentityProvider: "the field for the sign-on URL, also called Start or Login URL",
    }
    {
        HelpScout: "people start at https://secure.helpscout.net/members/login/",
        Jitbit: "people start at the address of the helpdesk with /User/Login at its end; it cannot be started at the identity provider",
        Desk: "allow_idp_initiated of the connection",
    }
}
