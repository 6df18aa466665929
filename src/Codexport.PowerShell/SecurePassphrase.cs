using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.InteropServices;
using System.Security;
using Codexport.Engine;
using Codexport.Engine.Master;

namespace Codexport.PowerShell;

/// <summary>The characters of a passphrase, wiped when it is disposed.</summary>
internal sealed class SecurePassphrase : IDisposable
{
    private readonly char[] _characters;

    private SecurePassphrase(char[] characters) => _characters = characters;

    /// <summary>The characters.</summary>
    public ReadOnlyMemory<char> Value => _characters;

    /// <summary>Takes what was given, or asks for it, twice for a new one.</summary>
    public static SecurePassphrase Read(PSCmdlet cmdlet, SecureString? given, bool isNew)
    {
        var passphrase = new SecurePassphrase(given is not null ? Open(given) : Ask(cmdlet.Host.UI, isNew));
        try
        {
            if (isNew)
            {
                IdentityPassphrase.Require(passphrase._characters);
            }

            return passphrase;
        }
        catch
        {
            passphrase.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.Clear(_characters);

    private static char[] Ask(PSHostUserInterface host, bool isNew)
    {
        var fields = new Collection<FieldDescription> { Field("Passphrase") };
        if (isNew)
        {
            fields.Add(Field("Again"));
        }

        var answers = host.Prompt("The exported identity", "It is protected by a passphrase.", fields);
        var first = Open((SecureString)answers["Passphrase"].BaseObject);
        if (!isNew)
        {
            return first;
        }

        var second = Open((SecureString)answers["Again"].BaseObject);
        var areSame = first.AsSpan().SequenceEqual(second);
        Array.Clear(second);
        if (areSame)
        {
            return first;
        }

        Array.Clear(first);
        throw new CodexportException(ErrorCode.InvalidUsage, "The two passphrases are not the same.", "Nothing was written. Try again.");
    }

    private static FieldDescription Field(string name)
    {
        var field = new FieldDescription(name) { IsMandatory = true };
        field.SetParameterType(typeof(SecureString));
        return field;
    }

    private static char[] Open(SecureString secure)
    {
        var characters = new char[secure.Length];
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(secure);
        try
        {
            Marshal.Copy(pointer, characters, 0, characters.Length);
            return characters;
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }
}
