/*
 * A key storage provider for tests under Wine, whose own ncrypt knows no elliptic curves: keys of P-256 in memory, over Wine's bcrypt. It keeps
 * nothing, protects nothing and ships with nothing. .ci/windows builds it with MinGW and puts it beside the program under test.
 */
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#include <bcrypt.h>
#include <stdlib.h>
#include <string.h>

typedef LONG STATUS;
typedef ULONG_PTR HANDLE_T;

#define DONE 0
#define BAD_HANDLE ((STATUS)0x80090026)
#define NOT_SUPPORTED ((STATUS)0x80090029)
#define NOT_FOUND ((STATUS)0x80090011)
#define TOO_SMALL ((STATUS)0x80090028)
#define BAD_SIGNATURE ((STATUS)0x80090006)
#define BAD_DATA ((STATUS)0x80090005)
#define EXPORT __declspec(dllexport) STATUS WINAPI

enum { COORDINATE = 32, PUBLIC_BLOB = 8 + 2 * COORDINATE, PRIVATE_BLOB = 8 + 3 * COORDINATE, POLICY_BYTES = 64 };
typedef struct { DWORD mark; BOOL isKey, hasPrivate, isAgreement, isReady; BCRYPT_KEY_HANDLE key; BYTE ephemeral; BOOL hasEphemeral; DWORD policy; } OBJECT;
static const DWORD MARK = 0x43584e43;
static const DWORD PUBLIC_SIGN = 0x31534345, PRIVATE_SIGN = 0x32534345, PUBLIC_AGREE = 0x314b4345, PRIVATE_AGREE = 0x324b4345;

/* SEQUENCE { 0, { ecPublicKey, prime256v1 }, OCTET STRING { SEQUENCE { 1, d, [1] { 04 X Y } } } } */
static const BYTE PKCS8_START[] = { 0x30,0x81,0x87,0x02,0x01,0x00,0x30,0x13,0x06,0x07,0x2a,0x86,0x48,0xce,0x3d,0x02,0x01,0x06,0x08,0x2a,0x86,0x48,0xce,0x3d,
    0x03,0x01,0x07,0x04,0x6d,0x30,0x6b,0x02,0x01,0x01,0x04,0x20 };
static const BYTE PKCS8_MIDDLE[] = { 0xa1,0x44,0x03,0x42,0x00,0x04 };

static OBJECT *object(HANDLE_T handle) { OBJECT *o = (OBJECT *)handle; return o && o->mark == MARK ? o : NULL; }

static STATUS make(HANDLE_T *handle, BOOL isKey) {
    OBJECT *o = calloc(1, sizeof *o);
    o->mark = MARK; o->isKey = isKey; o->policy = 3;
    *handle = (HANDLE_T)o;
    return DONE;
}

static STATUS give(const void *data, DWORD size, BYTE *out, DWORD room, DWORD *result) {
    *result = size;
    if (!out) return DONE;
    if (room < size) return TOO_SMALL;
    memcpy(out, data, size);
    return DONE;
}

static STATUS open_key(OBJECT *o, const WCHAR *type, const BYTE *blob, DWORD size) {
    BCRYPT_ALG_HANDLE algorithm;
    NTSTATUS status = BCryptOpenAlgorithmProvider(&algorithm, o->isAgreement ? BCRYPT_ECDH_P256_ALGORITHM : BCRYPT_ECDSA_P256_ALGORITHM, NULL, 0);
    if (status) return NOT_SUPPORTED;
    status = BCryptImportKeyPair(algorithm, NULL, type, &o->key, (BYTE *)blob, size, 0);
    BCryptCloseAlgorithmProvider(algorithm, 0);
    o->isReady = !status;
    return status ? BAD_DATA : DONE;
}

EXPORT NCryptOpenStorageProvider(HANDLE_T *provider, const WCHAR *name, DWORD flags) { (void)name; (void)flags; return make(provider, FALSE); }

EXPORT NCryptFreeObject(HANDLE_T handle) {
    OBJECT *o = object(handle);
    if (!o) return BAD_HANDLE;
    if (o->key) BCryptDestroyKey(o->key);
    o->mark = 0;
    free(o);
    return DONE;
}

__declspec(dllexport) BOOL WINAPI NCryptIsKeyHandle(HANDLE_T handle) { OBJECT *o = object(handle); return o && o->isKey; }

EXPORT NCryptImportKey(HANDLE_T provider, HANDLE_T wrapping, const WCHAR *type, void *parameters, HANDLE_T *key, BYTE *data, DWORD size, DWORD flags) {
    BYTE blob[PRIVATE_BLOB];
    STATUS status;
    DWORD magic = size >= 4 ? *(DWORD *)data : 0;
    OBJECT *o;
    (void)provider; (void)wrapping; (void)parameters; (void)flags;
    make(key, TRUE);
    o = object(*key);
    if (!wcscmp(type, L"PKCS8_PRIVATEKEY")) {
        const BYTE *d = data + sizeof PKCS8_START, *middle = d + COORDINATE;
        if (size < sizeof PKCS8_START + COORDINATE + sizeof PKCS8_MIDDLE + 2 * COORDINATE || memcmp(data, PKCS8_START, sizeof PKCS8_START)
            || memcmp(middle, PKCS8_MIDDLE, sizeof PKCS8_MIDDLE)) { status = BAD_DATA; goto failed; }
        ((DWORD *)blob)[0] = PRIVATE_SIGN; ((DWORD *)blob)[1] = COORDINATE;
        memcpy(blob + 8, middle + sizeof PKCS8_MIDDLE, 2 * COORDINATE);
        memcpy(blob + PUBLIC_BLOB, d, COORDINATE);
        o->hasPrivate = TRUE;
        status = open_key(o, BCRYPT_ECCPRIVATE_BLOB, blob, sizeof blob);
    } else if (magic == PUBLIC_SIGN || magic == PUBLIC_AGREE) {
        o->isAgreement = magic == PUBLIC_AGREE;
        status = open_key(o, BCRYPT_ECCPUBLIC_BLOB, data, size);
    } else if (magic == PRIVATE_SIGN || magic == PRIVATE_AGREE) {
        o->isAgreement = magic == PRIVATE_AGREE;
        o->hasPrivate = TRUE;
        status = open_key(o, BCRYPT_ECCPRIVATE_BLOB, data, size);
    } else status = NOT_SUPPORTED;
failed:
    if (status) { NCryptFreeObject(*key); *key = 0; }
    return status;
}

EXPORT NCryptCreatePersistedKey(HANDLE_T provider, HANDLE_T *key, const WCHAR *algorithm, const WCHAR *name, DWORD spec, DWORD flags) {
    (void)provider; (void)name; (void)spec; (void)flags;
    if (wcscmp(algorithm, L"ECDSA_P256") && wcscmp(algorithm, L"ECDSA") && wcscmp(algorithm, L"ECDH_P256") && wcscmp(algorithm, L"ECDH")) return NOT_SUPPORTED;
    make(key, TRUE);
    object(*key)->isAgreement = !wcsncmp(algorithm, L"ECDH", 4);
    return DONE;
}

EXPORT NCryptFinalizeKey(HANDLE_T handle, DWORD flags) {
    OBJECT *o = object(handle);
    BCRYPT_ALG_HANDLE algorithm;
    NTSTATUS status;
    (void)flags;
    if (!o || !o->isKey) return BAD_HANDLE;
    if (o->isReady) return DONE;
    if (BCryptOpenAlgorithmProvider(&algorithm, o->isAgreement ? BCRYPT_ECDH_P256_ALGORITHM : BCRYPT_ECDSA_P256_ALGORITHM, NULL, 0)) return NOT_SUPPORTED;
    status = BCryptGenerateKeyPair(algorithm, &o->key, 256, 0);
    if (!status) status = BCryptFinalizeKeyPair(o->key, 0);
    BCryptCloseAlgorithmProvider(algorithm, 0);
    o->isReady = o->hasPrivate = !status;
    return status ? NOT_SUPPORTED : DONE;
}

EXPORT NCryptExportKey(HANDLE_T handle, HANDLE_T wrapping, const WCHAR *type, void *parameters, BYTE *out, DWORD room, DWORD *result, DWORD flags) {
    OBJECT *o = object(handle);
    BYTE blob[PRIVATE_BLOB], pkcs8[sizeof PKCS8_START + COORDINATE + sizeof PKCS8_MIDDLE + 2 * COORDINATE];
    DWORD size;
    BOOL isPublic = !wcscmp(type, BCRYPT_ECCPUBLIC_BLOB), isPkcs8 = !wcscmp(type, L"PKCS8_PRIVATEKEY");
    (void)wrapping; (void)flags;
    if (!o || !o->isReady) return BAD_HANDLE;
    /* Parameters ask for an encrypted form. */
    if (isPkcs8 && parameters) return NOT_SUPPORTED;
    if (!isPublic && !isPkcs8 && wcscmp(type, BCRYPT_ECCPRIVATE_BLOB)) return NOT_SUPPORTED;
    if (!isPublic && !o->hasPrivate) return NOT_SUPPORTED;
    if (BCryptExportKey(o->key, NULL, isPublic ? BCRYPT_ECCPUBLIC_BLOB : BCRYPT_ECCPRIVATE_BLOB, blob, sizeof blob, &size, 0)) return NOT_SUPPORTED;
    if (!isPkcs8) return give(blob, size, out, room, result);
    memcpy(pkcs8, PKCS8_START, sizeof PKCS8_START);
    memcpy(pkcs8 + sizeof PKCS8_START, blob + PUBLIC_BLOB, COORDINATE);
    memcpy(pkcs8 + sizeof PKCS8_START + COORDINATE, PKCS8_MIDDLE, sizeof PKCS8_MIDDLE);
    memcpy(pkcs8 + sizeof PKCS8_START + COORDINATE + sizeof PKCS8_MIDDLE, blob + 8, 2 * COORDINATE);
    return give(pkcs8, sizeof pkcs8, out, room, result);
}

EXPORT NCryptGetProperty(HANDLE_T handle, const WCHAR *name, BYTE *out, DWORD room, DWORD *result, DWORD flags) {
    OBJECT *o = object(handle);
    DWORD number;
    const WCHAR *text = NULL;
    (void)flags;
    if (!o) return BAD_HANDLE;
    if (!wcscmp(name, L"CLR IsEphemeral")) return o->hasEphemeral ? give(&o->ephemeral, 1, out, room, result) : NOT_FOUND;
    if (!wcscmp(name, L"Algorithm Name")) text = o->isAgreement ? L"ECDH_P256" : L"ECDSA_P256";
    if (!wcscmp(name, L"Algorithm Group")) text = o->isAgreement ? L"ECDH" : L"ECDSA";
    if (!wcscmp(name, L"ECCCurveName")) text = L"nistP256";
    if (!wcscmp(name, L"Name")) text = L"Test Key Storage Provider";
    if (text) return give(text, (DWORD)((wcslen(text) + 1) * sizeof(WCHAR)), out, room, result);
    if (!wcscmp(name, L"Length") || !wcscmp(name, L"PublicKeyLength")) { number = 256; return give(&number, 4, out, room, result); }
    if (!wcscmp(name, L"SignatureLength")) { number = 2 * COORDINATE; return give(&number, 4, out, room, result); }
    if (!wcscmp(name, L"Export Policy")) return give(&o->policy, 4, out, room, result);
    if (!wcscmp(name, L"Key Type")) { number = 0; return give(&number, 4, out, room, result); }
    return NOT_FOUND;
}

EXPORT NCryptSetProperty(HANDLE_T handle, const WCHAR *name, BYTE *data, DWORD size, DWORD flags) {
    OBJECT *o = object(handle);
    (void)flags;
    if (!o) return BAD_HANDLE;
    if (!wcscmp(name, L"CLR IsEphemeral") && size == 1) { o->ephemeral = *data; o->hasEphemeral = TRUE; }
    if (!wcscmp(name, L"Export Policy") && size == 4) o->policy = *(DWORD *)data;
    return DONE;
}

EXPORT NCryptSignHash(HANDLE_T handle, void *padding, BYTE *hash, DWORD hashSize, BYTE *out, DWORD room, DWORD *result, DWORD flags) {
    OBJECT *o = object(handle);
    (void)padding; (void)flags;
    if (!o || !o->hasPrivate) return BAD_HANDLE;
    *result = 2 * COORDINATE;
    if (!out) return DONE;
    if (room < 2 * COORDINATE) return TOO_SMALL;
    return BCryptSignHash(o->key, NULL, hash, hashSize, out, room, result, 0) ? NOT_SUPPORTED : DONE;
}

EXPORT NCryptVerifySignature(HANDLE_T handle, void *padding, BYTE *hash, DWORD hashSize, BYTE *signature, DWORD size, DWORD flags) {
    OBJECT *o = object(handle);
    (void)padding; (void)flags;
    if (!o || !o->isReady) return BAD_HANDLE;
    return BCryptVerifySignature(o->key, NULL, hash, hashSize, signature, size, 0) ? BAD_SIGNATURE : DONE;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) { (void)instance; (void)reason; (void)reserved; return TRUE; }
