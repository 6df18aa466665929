using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Codexport.Engine.Errors;
using Codexport.Engine.Toml.Parsing;
using Codexport.Engine.Toml.Syntax;

namespace Codexport.Engine.Toml;

/// <summary>
/// A TOML 1.1 document that keeps its text: what no edit touches is written back byte for byte, byte-order mark, line breaks,
/// blanks and comments included. Not safe for use by several threads while it is edited.
/// </summary>
internal sealed partial class TomlDocument
{
    /// <summary>The most bytes of a document.</summary>
    public const int MaxLength = 2 * 1024 * 1024;

    /// <summary>How many arrays and inline tables may be nested, as Codex has it.</summary>
    public const int MaxNesting = 80;

    /// <summary>How many parts a key or a header may have, as Codex has it.</summary>
    public const int MaxKeyParts = 80;

    /// <summary>
    /// How deep a value may lie: every part of a key, every table and every array counts as one. Codex sets no such end, but ours works
    /// on a stack of limited size.
    /// </summary>
    public const int MaxDepth = 512;

    private readonly bool _hasByteOrderMark;

    private TomlDocument(string text, string? path)
    {
        Path = path;
        TextCheck.RequireSize(text.Length, path);
        _hasByteOrderMark = text is [TextCheck.ByteOrderMark, ..];
        text = _hasByteOrderMark ? text[1..] : text;
        var lineBreak = text.IndexOf('\n', StringComparison.Ordinal);
        NewLine = lineBreak > 0 && text[lineBreak - 1] == '\r' ? "\r\n" : "\n";
        Root = new TomlTable(TomlForm.Root) { Location = new(1, 1) };
        RootSection = new Section(null, Root);
        Root.Section = RootSection;
        Sections.InsertAfter(null, RootSection);
        new DocumentReader(this, new SourceText(text, path)).Read();
    }

    /// <summary>The file that it was read from, for messages; null where there is none.</summary>
    public string? Path { get; }

    /// <summary>The tree that the text stands for.</summary>
    public TomlTable Root { get; }

    /// <summary>The line break that edits write: the first one of the text, else a line feed.</summary>
    internal string NewLine { get; }

    internal Chain<Element> Elements { get; } = new();

    internal Chain<Section> Sections { get; } = new();

    internal Section RootSection { get; }

    /// <summary>Reads UTF-8.</summary>
    /// <param name="utf8">The bytes, with or without a byte-order mark.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>, with <c>line</c> and <c>column</c> in its details.</exception>
    public static TomlDocument Parse(ReadOnlyMemory<byte> utf8, string? path = null) => new(Decode(utf8.Span, path), path);

    /// <summary>Reads text.</summary>
    /// <param name="text">The text, with or without a byte-order mark.</param>
    /// <param name="path">The file's path, for messages.</param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.TomlInvalid"/>, with <c>line</c> and <c>column</c> in its details.</exception>
    public static TomlDocument Parse(string text, string? path = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new TomlDocument(text, path);
    }

    /// <summary>Reads UTF-8 and gives the error instead of throwing it.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8,
        string? path,
        [NotNullWhen(true)] out TomlDocument? document,
        [NotNullWhen(false)] out CodexportException? error)
    {
        try
        {
            document = Parse(utf8, path);
            error = null;
            return true;
        }
        catch (CodexportException exception) when (exception.Code == ErrorCode.TomlInvalid)
        {
            document = null;
            error = exception;
            return false;
        }
    }

    /// <summary>Gets what lies at <paramref name="path"/>, or null.</summary>
    public TomlNode? Find(TomlPath path) => Root.Find(path);

    /// <summary>Whether both documents stand for the same tree, however they are spelled.</summary>
    public bool SemanticEquals(TomlDocument? other) => other is not null && Root.SemanticEquals(other.Root);

    /// <summary>The document's bytes in UTF-8.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    /// <summary>The document's text, byte-order mark included where it has one.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        if (_hasByteOrderMark)
        {
            text.Append(TextCheck.ByteOrderMark);
        }

        for (var element = Elements.First; element is not null; element = element.Next)
        {
            element.Write(text);
        }

        return text.ToString();
    }

    /// <summary>Opens a section behind another one.</summary>
    internal Section AddSection(Section after, HeaderElement header, TomlTable table)
    {
        var section = new Section(header, table) { Ordinal = after.Ordinal };
        header.Section = section;
        table.Section = section;
        Sections.InsertAfter(after, section);
        return section;
    }

    private static string Decode(ReadOnlySpan<byte> utf8, string? path)
    {
        TextCheck.RequireSize(utf8.Length, path);
        var buffer = ArrayPool<char>.Shared.Rent(utf8.Length);
        try
        {
            var status = Utf8.ToUtf16(utf8, buffer, out _, out var written, replaceInvalidSequences: false);
            var text = new string(buffer, 0, written);
            return status == OperationStatus.Done
                ? text
                : throw new SourceText(text.TrimStart(TextCheck.ByteOrderMark), path).FailAt(int.MaxValue, "the bytes are not valid UTF-8");
        }
        finally
        {
            // The text may hold secrets; the pool is shared.
            ArrayPool<char>.Shared.Return(buffer, clearArray: true);
        }
    }
}
