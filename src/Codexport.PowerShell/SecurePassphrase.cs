using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.InteropServices;
using System.Security;
using Codexport.Engine.Master;

namespace Codexport.PowerShell;

/// <summary>Gets a passphrase from a secure string, which PowerShell asks for where none is given.</summary>
internal static class SecurePassphrase
{
    /// <summary>Takes what was given, or asks for it, twice for a new one.</summary>
    public static HeldPassphrase Read(PSCmdlet cmdlet, SecureString? given, bool isNew)
        => HeldPassphrase.Take(given is not null ? Open(given) : Ask(cmdlet.Host.UI, isNew), isNew);

    private static char[] Ask(PSHostUserInterface host, bool isNew)
    {
        var fields = new Collection<FieldDescription> { Field("Passphrase") };
        if (isNew)
        {
            fields.Add(Field("Again"));
        }

        var answers = host.Prompt("The exported identity", "It is protected by a passphrase.", fields);
        var first = Open((SecureString)answers["Passphrase"].BaseObject);
        return isNew ? HeldPassphrase.RequireSame(first, Open((SecureString)answers["Again"].BaseObject)) : first;
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
