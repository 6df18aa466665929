namespace Codexport.Engine.Toml.Parsing;

/// <summary>What is asked of a text before Tomlyn sees it.</summary>
internal static class TextCheck
{
    internal const char ByteOrderMark = '\uFEFF';

    /// <summary>
    /// Refuses a text that is too large. Tomlyn does not stop at the first error: 5 MB of broken lines cost it a gigabyte of memory.
    /// </summary>
    internal static void RequireSize(int length, string? path)
    {
        if (length > TomlDocument.MaxLength)
        {
            throw TomlError.At(path, new(1, 1), $"the file is larger than {TomlDocument.MaxLength / (1024 * 1024)} MiB");
        }
    }

    /// <summary>
    /// Refuses characters that TOML allows nowhere. A byte-order mark at the beginning has been taken off already; Tomlyn would take off
    /// a second one without a word.
    /// </summary>
    internal static void RequireCharacters(SourceText source)
    {
        var text = source.Text;
        if (text is [ByteOrderMark, ..])
        {
            throw source.FailAt(0, "a second byte-order mark stands here");
        }

        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and < '\x7f' or '\n' or '\t')
            {
                continue;
            }

            if (c == '\r')
            {
                if (i + 1 == text.Length || text[i + 1] != '\n')
                {
                    throw source.FailAt(i, "a carriage return stands here without a line feed behind it");
                }
            }
            else if (c is < ' ' or '\x7f')
            {
                throw source.FailAt(i, "a control character stands here");
            }
            else if (char.IsSurrogate(c))
            {
                if (!char.IsHighSurrogate(c) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                {
                    throw source.FailAt(i, "the text is not valid Unicode");
                }

                i++;
            }
        }
    }
}
