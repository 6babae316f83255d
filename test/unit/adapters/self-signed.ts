// A self-signed certificate for localhost, for tests of TLS only: it protects nothing and nobody trusts it. Valid for a century.
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUJ1/LN+vnN0v+jBDRd9DcBRTxMrQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDExMDA1MloYDzIxMjYxMDMx
MTEwMDUyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATmMTELvjjmTqBYTbpedmcMxnulmKZwUSNfFHpq9U9dLgdFItVVogqo
LSeTshMa6vEZGzBO/Zk4rA+bJCWSt3Bmo28wbTAdBgNVHQ4EFgQU5mX1AMvAIzoQ
lK3p/F3YvecyqpwwHwYDVR0jBBgwFoAU5mX1AMvAIzoQlK3p/F3YvecyqpwwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAIGtBGsV2InlqqstoPhTL6fW2b2649FH0J8jb1a96UroAiEA
lJ3hMX0E2R9LK9KvpyM1T8UtM/pgi+In/d1mofN+3b0=
-----END CERTIFICATE-----`;

export const privateKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg54vxoPtFww0XmnnU
zE7I5A0jRXyds/PO1gV/8Er1l5yhRANCAATmMTELvjjmTqBYTbpedmcMxnulmKZw
USNfFHpq9U9dLgdFItVVogqoLSeTshMa6vEZGzBO/Zk4rA+bJCWSt3Bm
-----END PRIVATE KEY-----`;
