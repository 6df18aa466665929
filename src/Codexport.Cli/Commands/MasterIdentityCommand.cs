using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport master identity export|import|rotate|delegate</c>.</summary>
internal static class MasterIdentityCommand
{
    /// <summary>Makes the group.</summary>
    public static Command Create(CommandFactory factory) => CommandFactory.CreateGroup(
        "identity", "The master's key, and what must last longer than its machine.",
        CreateExport(factory), CreateImport(factory), CreateRotate(factory), CreateDelegate(factory));

    private static Command CreateExport(CommandFactory factory)
    {
        var file = new Argument<string>("FILE") { Description = "The file to write, 0600. Keep it away from this machine." };
        var passphrase = PassphraseFile();
        var force = new Option<bool>("--force") { Description = "Replace the file if it is there." };
        return factory.Create(
            "export",
            "Write key, followers, invite and the list of what is published into one file that a passphrase protects, so that another machine can take this one's place.",
            call => ExportAsync(call, Path.GetFullPath(call.Arguments.GetRequiredValue(file)), call.Arguments.GetValue(passphrase), call.Arguments.GetValue(force)),
            file, passphrase, force);
    }

    private static Command CreateImport(CommandFactory factory)
    {
        var file = new Argument<string>("FILE") { Description = "What 'codexport master identity export' wrote." };
        var passphrase = PassphraseFile();
        return factory.Create(
            "import",
            "Make this home the master that was exported: its followers go on with it. Put its setup into the Codex home first.",
            call => ImportAsync(call, Path.GetFullPath(call.Arguments.GetRequiredValue(file)), call.Arguments.GetValue(passphrase)),
            file, passphrase);
    }

    private static Command CreateRotate(CommandFactory factory) => factory.Create(
        "rotate",
        "Give the master a new key, which the old one vouches for. Followers that allow it ('codexport follower trust --follow') go along by themselves; the others join again.",
        RotateAsync);

    private static Command CreateDelegate(CommandFactory factory)
    {
        var identity = new Option<string?>("--identity") { Description = "An exported identity ('export'), where its key is kept away from this machine.", HelpName = "FILE" };
        var passphrase = PassphraseFile();
        var days = new Option<int>("--days") { Description = "For how many days, from 1 to 366.", HelpName = "DAYS", DefaultValueFactory = _ => 30 };
        var remove = new Option<bool>("--remove-key") { Description = "Take the identity's own key away from this machine; needs --identity, which shows that there is a copy." };
        var withdraw = new Option<bool>("--withdraw") { Description = "Let the identity act for itself again." };
        return factory.Create(
            "delegate",
            "Let a key of this machine sign and serve for the identity until some day, or renew that. Followers go on trusting the identity's fingerprint, and its own key can lie elsewhere.",
            call => DelegateAsync(
                call,
                new DelegationOptions
                {
                    Lifetime = TimeSpan.FromDays(call.Arguments.GetValue(days)),
                    RemoveKey = call.Arguments.GetValue(remove),
                    Withdraw = call.Arguments.GetValue(withdraw),
                },
                call.Arguments.GetValue(identity) is { } file ? Path.GetFullPath(file) : null,
                call.Arguments.GetValue(passphrase)),
            identity, passphrase, days, remove, withdraw);
    }

    private static async Task<ExitCode> DelegateAsync(Invocation call, DelegationOptions options, string? file, string? passphraseFile)
    {
        using var passphrase = file is null ? null : Passphrase.Read(call, passphraseFile, isNew: false);
        var result = await new MasterOperations(call.Engine).DelegateIdentityAsync(options, file, passphrase?.Value ?? default, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.DelegationResult, writer =>
        {
            writer.WriteLine($"Identity:    {result.Fingerprint}{(result.IsIdentityHere ? string.Empty : ", its key is not on this machine")}");
            writer.WriteLine(result.Expires is { } expires
                ? $"Key in use:  {result.KeyFingerprint}, until {Text.Time(expires)}. Renew it before then with the same command."
                : "Key in use:  the identity's own.");
        });
        return ExitCode.Done;
    }

    private static Option<string?> PassphraseFile() => new("--passphrase-file")
    {
        Description = "Take the passphrase from the first line of this file, UTF-8 and readable by you alone; without it you are asked, or with --no-input it is read from standard input.",
        HelpName = "FILE",
    };

    private static async Task<ExitCode> ExportAsync(Invocation call, string file, string? passphraseFile, bool force)
    {
        force = force || (call.Engine.Files.TryGetEntry(file) is not null && call.Prompt.Confirm($"'{Text.Printable(file)}' is there already. Replace it?"));
        if (!force && call.Engine.Files.TryGetEntry(file) is not null)
        {
            throw new CodexportException(
                ErrorCode.FileExists, $"'{file}' is there already.", "Choose another name, or replace it with --force.", file);
        }

        using var passphrase = Passphrase.Read(call, passphraseFile, isNew: true);
        var result = await new MasterOperations(call.Engine).ExportIdentityAsync(file, passphrase.Value, force, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.IdentityExportResult, writer =>
        {
            writer.WriteLine($"Exported to {Text.Printable(result.File)}: the key, {Text.Count(result.Followers, "follower")}, the invite and the list of what is published.");
            writer.WriteLine($"Fingerprint: {result.Fingerprint}");
            writer.WriteLine("Whoever has this file and its passphrase is the master. Export anew after a change of keys, and when followers were revoked.");
        });
        return ExitCode.Done;
    }

    private static async Task<ExitCode> ImportAsync(Invocation call, string file, string? passphraseFile)
    {
        using var passphrase = Passphrase.Read(call, passphraseFile, isNew: false);
        var result = await new MasterOperations(call.Engine).ImportIdentityAsync(file, passphrase.Value, call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.IdentityImportResult, writer =>
        {
            writer.WriteLine(result.Status == ImportStatus.Current
                ? "This home is that master already; nothing was changed."
                : $"This home is the master now, with {Text.Count(result.Followers, "follower")} as of {Text.Time(result.ExportedAt)}.");
            writer.WriteLine($"Fingerprint: {result.Fingerprint}");
            writer.WriteLine($"Revision:    {Text.Short(result.Revision)}");
            if (result.Status != ImportStatus.Current)
            {
                writer.WriteLine("Who was revoked after that time is let in again: look at 'codexport master followers'. The old machine must not serve any more.");
            }
        });
        call.Output.WriteWarnings(result.Warnings);
        return ExitCode.Done;
    }

    private static async Task<ExitCode> RotateAsync(Invocation call)
    {
        var result = await new MasterOperations(call.Engine).RotateIdentityAsync(call.CancellationToken);
        call.Output.WriteResult(result, () => CliJson.Readable.RotationResult, writer =>
        {
            writer.WriteLine($"Fingerprint before: {result.PreviousFingerprint}");
            writer.WriteLine($"Fingerprint now:    {result.Fingerprint}");
            writer.WriteLine($"{Text.Count(result.Followers, "follower")} trust the old key: those that allow it follow at their next sync, the others say how to allow it.");
            writer.WriteLine("Join links of before lead nowhere now: make a new one with 'codexport master link'. Export the identity anew.");
        });
        return ExitCode.Done;
    }
}
