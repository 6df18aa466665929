using System.Text;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Platform.Files;

namespace Codexport.Cli.Commands;

/// <summary>Gets a passphrase from a hidden prompt, a file or standard input, never from the command line.</summary>
internal static class Passphrase
{
    private const int MaxFileSize = 8192;

    /// <summary>Gets it.</summary>
    /// <param name="call">What the command runs with.</param>
    /// <param name="file">A file whose first line it is; null for none.</param>
    /// <param name="isNew">Whether it is made up now: then it must be long enough, and is asked for twice.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static HeldPassphrase Read(Invocation call, string? file, bool isNew) => HeldPassphrase.Take(
        file is not null ? FromFile(call.Engine.Files, Path.GetFullPath(file))
        : call.Prompt.IsInteractive ? Ask(call.Prompt, isNew)
        : FromStandardInput(),
        isNew);

    private static char[] FromFile(IFileSystem files, string file)
    {
        StateGuard.RequireSecret(files, file);
        return FirstLine(AtomicFile.ReadAllBytes(files, file, MaxFileSize));
    }

    private static char[] Ask(Prompt prompt, bool isNew)
    {
        var first = prompt.AskHidden(isNew ? "New passphrase: " : "Passphrase: ");
        if (!isNew)
        {
            return first;
        }

        IdentityPassphrase.Require(first);
        return HeldPassphrase.RequireSame(first, prompt.AskHidden("The same again: "));
    }

    private static char[] FromStandardInput()
    {
        if (!Console.IsInputRedirected)
        {
            throw Errors.Usage(
                "Nobody can be asked for the passphrase.", "Give it on standard input, or in a file with --passphrase-file.");
        }

        using var input = Console.OpenStandardInput();
        var content = new byte[MaxFileSize];
        var count = input.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        var line = FirstLine(content.AsSpan(0, count));
        Array.Clear(content);
        return line;
    }

    private static char[] FirstLine(Span<byte> content)
    {
        var bytes = content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        var line = end < 0 ? bytes : bytes[..end];
        try
        {
            return IdentityPassphrase.Decode(line);
        }
        finally
        {
            content.Clear();
        }
    }
}
