using System.Text;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Engine.Platform.Files;

namespace Codexport.Cli.Commands;

/// <summary>Gets a join link from where other users do not see it: standard input or a file, besides the command line.</summary>
internal static class LinkText
{
    private const string StandardInput = "-";
    private const int MaxSize = 8192;

    /// <summary>The link; null when none was named.</summary>
    /// <param name="call">What the command runs with.</param>
    /// <param name="argument">The link itself, or <c>-</c>.</param>
    /// <param name="file">The file that was named.</param>
    public static string? Read(Invocation call, string? argument, string? file)
    {
        if (file is not null)
        {
            return argument is null
                ? FirstLine(AtomicFile.ReadAllBytes(call.Engine.Files, Path.GetFullPath(file), MaxSize))
                : throw Errors.Usage("Both a join link and --link-file were given.", "Give one of them.");
        }

        return argument == StandardInput ? FromStandardInput(call) : argument;
    }

    private static string FromStandardInput(Invocation call)
    {
        if (call.Prompt.IsInteractive)
        {
            return new string(call.Prompt.AskHidden("Join link: "));
        }

        using var input = Console.OpenStandardInput();
        var content = new byte[MaxSize];
        return FirstLine(content.AsSpan(0, input.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)));
    }

    private static string FirstLine(ReadOnlySpan<byte> content)
    {
        var bytes = content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content;
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]).Trim();
    }
}
