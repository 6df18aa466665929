namespace Codexport.Engine.Master.Building;

/// <summary>
/// Names under which programs keep keys and logins. Nothing of such a name leaves through a link, whatever the settings list; a file that
/// lies in the Codex home itself was put there by its owner and is judged by its content.
/// </summary>
internal static class SecretNames
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".password-store", ".pki", ".putty", ".oci", ".gcloud", "gcloud", ".vault",
        ".mozilla", ".thunderbird", ".electrum", ".bitcoin", ".ethereum", "keyrings", "keychains", "kwalletd", "secrets", ".secrets",
        ".netrc", "_netrc", ".git-credentials", ".pgpass", ".my.cnf", ".npmrc", ".pypirc", ".vault-token", ".htpasswd", ".s3cfg", ".boto",
        ".dockercfg", ".authinfo", ".authinfo.gpg", ".Xauthority", ".k5login", ".smbcredentials", ".credentials", ".token", ".secret",
        "credentials", "credentials.json", "credentials.toml", "credentials.ini", "credentials.yml", "credentials.yaml", ".credentials.json",
        "auth.json", "application_default_credentials.json", "hosts.yml", "kubeconfig", "token", "token.json", "tokens.json",
        "secrets.json", "secrets.toml", "secrets.yml", "secrets.yaml", "shadow", "gshadow", "master.key", "secring.gpg",
        "id_rsa", "id_dsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk",
    };

    private static readonly string[] Endings = [".ppk", ".pfx", ".p12", ".pkcs12", ".kdbx", ".kdb", ".jks", ".keystore", ".keytab", ".key", ".agekey"];

    /// <summary>Whether a component of a path is one of the names.</summary>
    public static bool Contains(ReadOnlySpan<char> name)
    {
        if (Names.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name))
        {
            return true;
        }

        foreach (var ending in Endings)
        {
            if (name.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
