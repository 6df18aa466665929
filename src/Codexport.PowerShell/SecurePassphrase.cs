using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Runtime.InteropServices;
using System.Security;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Identity;

namespace Codexport.PowerShell;

/// <summary>Gets a passphrase from a secure string, which PowerShell asks for where none is given.</summary>
internal static class SecurePassphrase
{
    /// <summary>Takes what was given, or asks for it, twice for a new one.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>, also where nobody can be asked.</exception>
    public static HeldPassphrase Read(PSCmdlet cmdlet, SecureString? given, bool isNew)
        => HeldPassphrase.Take(given is not null ? Open(given) : Ask(cmdlet.Host, isNew), isNew);

    /// <summary>What a secure string holds, for what must become text.</summary>
    public static string Read(SecureString given)
    {
        var characters = Open(given);
        var text = new string(characters);
        Array.Clear(characters);
        return text;
    }

    private static char[] Ask(PSHost host, bool isNew)
    {
        // Away from Windows the console reads secrets from standard input, and ends the whole pipeline without a word when that is not a terminal.
        if (host.Name == "ConsoleHost" && Console.IsInputRedirected && !OperatingSystem.IsWindows())
        {
            throw NobodyToAsk(inner: null);
        }

        var fields = new Collection<FieldDescription> { Field("Passphrase") };
        if (isNew)
        {
            fields.Add(Field("Again"));
        }

        var answers = Question.Ask(
            () => host.UI.Prompt("The exported identity", "It is protected by a passphrase.", fields), NobodyToAsk);
        var first = Open(Answer(answers, "Passphrase"));
        return isNew ? HeldPassphrase.RequireSame(first, Open(Answer(answers, "Again"))) : first;
    }

    // At the end of standard input a host gives answers that hold nothing.
    private static SecureString Answer(Dictionary<string, PSObject>? answers, string name)
        => answers?.GetValueOrDefault(name)?.BaseObject as SecureString ?? throw NobodyToAsk(inner: null);

    private static CodexportException NobodyToAsk(Exception? inner) => new(
        ErrorCode.InvalidUsage, "Nobody can be asked for the passphrase.", "Give it with -Passphrase, as a secure string.", inner: inner);

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
