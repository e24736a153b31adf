"""A person's second factors as allauth keeps them: an app's secret, recovery codes, and a passkey."""

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

RP_ID_HASH = b"\0" * 32
CREDENTIAL_ID = b"a passkey of the tests"


def add_second_factors(user: User) -> Authenticator:
    """All three kinds; returns the passkey."""
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)
    passkey: Authenticator = WebAuthn.add(user, name="Laptop", credential=_registration()).instance
    return passkey


def _registration() -> dict[str, object]:
    """What a browser sends when a passkey is registered (WebAuthn, RegistrationResponseJSON)."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]
    attested = AttestedCredentialData.create(b"\0" * 16, CREDENTIAL_ID, key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    attestation = AttestationObject.create(
        "none", AuthenticatorData.create(RP_ID_HASH, flags, 0, attested), {}
    )
    client = CollectedClientData.create("webauthn.create", b"challenge", "http://localhost")
    return {
        "id": websafe_encode(CREDENTIAL_ID),
        "rawId": websafe_encode(CREDENTIAL_ID),
        "response": {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(attestation),
        },
        "type": "public-key",
        "clientExtensionResults": {"credProps": {"rk": True}},
    }
