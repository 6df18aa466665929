using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Compose;
using Codexport.Engine.Content;
using Codexport.Engine.Results;

namespace Codexport.Engine.Master.Gate;

/// <summary>Something in a content that the scan looks for, whether it is new or not.</summary>
/// <param name="Rule">What was looked for.</param>
/// <param name="Line">The line in this content, counted from 1.</param>
/// <param name="Key">The key or hook; null for text.</param>
/// <param name="Message">What it is, as a whole sentence.</param>
/// <param name="Mark">A hash of rule and what was found, so that the same thing is known again wherever it moves to in the file.</param>
internal sealed record JudgedPlace(ScanRule Rule, int Line, string? Key, string Message, Sha256Hash Mark)
{
    private const string HookScripts = "hooks/";

    /// <summary>Looks through a content.</summary>
    /// <param name="path">Its path in the export, which tells what kind of file it is.</param>
    /// <param name="content">The content; what is not text has no findings.</param>
    public static IReadOnlyList<JudgedPlace> In(string path, byte[] content)
    {
        if (CodexLayout.IsCredential(path) || TextOf(content) is not { } text)
        {
            return [];
        }

        var places = new List<JudgedPlace>();
        AddLines(places, path, text);
        AddTokens(places, text);
        places.AddRange(FoundCommand.In(path, content).Select(OfCommand).OfType<JudgedPlace>());
        return places;
    }

    /// <summary>Looks through the commands and tokens of a platform's table of <c>local.toml</c>.</summary>
    public static IReadOnlyList<JudgedPlace> InPlatform(string toml)
    {
        var places = new List<JudgedPlace>();
        AddTokens(places, toml);
        places.AddRange(FoundCommand.InToml("local.toml", Encoding.UTF8.GetBytes(toml)).Select(OfCommand).OfType<JudgedPlace>());
        return places;
    }

    /// <summary>The text of a content, whatever Unicode form it has; null for what is no text.</summary>
    public static string? TextOf(ReadOnlySpan<byte> content)
        => content.StartsWith(Encoding.Unicode.Preamble) ? Encoding.Unicode.GetString(content[2..])
            : content.StartsWith(Encoding.BigEndianUnicode.Preamble) ? Encoding.BigEndianUnicode.GetString(content[2..])
            : content.Contains((byte)0) ? null
            : Encoding.UTF8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content);

    private static void AddLines(List<JudgedPlace> places, string path, string text)
    {
        var isScript = path.StartsWith(HookScripts, StringComparison.Ordinal);
        if (!isScript && System.Text.Ascii.IsValid(text) && !text.Contains('\u001b', StringComparison.Ordinal))
        {
            return;
        }

        var number = 0;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var line = text[range];
            foreach (var (rule, what) in TextRules.Judge(line))
            {
                var message = rule == ScanRule.HiddenUnicode
                    ? $"A character that a person does not see, and a model reads, stands in this line: {what}."
                    : $"A character that turns the direction of text stands in this line: {what}.";
                places.Add(new JudgedPlace(rule, number, null, message, MarkOf(rule, line)));
            }

            if (isScript && !line.TrimStart().StartsWith('#') && NetworkCommands.Judge(line) is { } doing)
            {
                places.Add(new JudgedPlace(
                    ScanRule.NetworkCommand, number, null, $"This line of what hooks run {doing}: {SecretMask.ShowCommand(line.Trim())}.",
                    MarkOf(ScanRule.NetworkCommand, line.Trim())));
            }
        }
    }

    private static void AddTokens(List<JudgedPlace> places, string text)
    {
        var (line, counted) = (1, 0);
        foreach (var (index, what, token) in TokenRules.Find(text))
        {
            line += text.AsSpan(counted, index - counted).Count('\n');
            counted = index;
            places.Add(new JudgedPlace(ScanRule.LiteralToken, line, null, $"This looks like {what}.", MarkOf(ScanRule.LiteralToken, token)));
        }
    }

    private static JudgedPlace? OfCommand(FoundCommand command) => NetworkCommands.Judge(command.Text) is not { } doing ? null : new JudgedPlace(
        ScanRule.NetworkCommand, command.Line, command.Key, $"{(command.IsHook ? "This hook" : "This command")} is new and {doing}: {SecretMask.ShowCommand(command.Text)}.",
        MarkOf(ScanRule.NetworkCommand, command.Text));

    private static Sha256Hash MarkOf(ScanRule rule, string what) => Sha256Hash.Of(Encoding.UTF8.GetBytes($"{rule}\0{what}"));
}
