using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>Reads a hooks file for what is to be kept of it: everything, or an error that says why not.</summary>
internal static class HooksJson
{
    /// <summary>Reads; null for a file with nothing in it.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.JsonInvalid"/> with line and column.</exception>
    internal static RawJson? Read(byte[] content, string path)
    {
        var bytes = content.AsSpan();
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        if (bytes.Trim(" \t\r\n"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            var root = Utf8.IsValid(bytes) ? RawJson.Parse(bytes) : throw new JsonException("It is no Unicode text.");
            if (!root.IsObject)
            {
                throw new JsonException("It holds no JSON object.");
            }

            RequireNamesOnce(root, bytes, path);
            return root;
        }
        catch (JsonException error)
        {
            throw Invalid(path, "is no JSON object", (error.LineNumber ?? 0) + 1, (error.BytePositionInLine ?? 0) + 1, error);
        }
    }

    /// <summary>Fails where the file itself or its table of events has a name twice: which of the two is meant cannot be told.</summary>
    internal static void RequireNamesOnce(RawJson root, ReadOnlySpan<byte> bytes, string path)
    {
        var members = root.Members.GroupBy(member => member.Name, StringComparer.Ordinal)
            .Concat((root["hooks"]?.Members ?? []).GroupBy(member => member.Name, StringComparer.Ordinal));
        if (members.FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            var before = bytes[..twice.Last().Start];
            throw Invalid(path, $"says '{twice.Key}' twice", before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), null);
        }
    }

    private static CodexportException Invalid(string path, string what, long line, long column, Exception? inner) => new(
        ErrorCode.JsonInvalid,
        $"'{path}' {what} at line {line}, column {column}.",
        "Nothing was changed. Correct the file, or move it away; Codex itself does not read it either.",
        path,
        inner)
    {
        Details = [new("file", path), new("line", $"{line}"), new("column", $"{column}")],
    };
}
