using System.Buffers;
using System.Globalization;
using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>Spells keys and values.</summary>
internal static class TomlText
{
    internal static readonly SearchValues<char> BareKey = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    internal static string Key(string key) => key.Length > 0 && !key.AsSpan().ContainsAnyExcept(BareKey) ? key : BasicString(key);

    internal static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    internal static string Boolean(bool value) => value ? "true" : "false";

    internal static string Float(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    internal static string BasicString(string value)
    {
        RequireUnicode(value);
        return $"\"{Escape(value, null)}\"";
    }

    /// <summary>Spells <paramref name="value"/> in the quotes of <paramref name="model"/>, else as a basic string.</summary>
    internal static string StringLike(ReadOnlySpan<char> model, string value)
    {
        RequireUnicode(value);
        var newLine = model.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        if (model.StartsWith("'''"))
        {
            var opening = OpeningBreak(model);
            return FitsMultiLineLiteral(value, opening.Length > 0)
                ? $"'''{opening}{value.Replace("\n", newLine, StringComparison.Ordinal)}'''"
                : BasicString(value);
        }

        if (model.StartsWith("\"\"\""))
        {
            // A value that begins with a line break needs the opening one, which is not part of the value.
            var opening = OpeningBreak(model) is { Length: > 0 } found ? found : value.StartsWith('\n') ? newLine : "";
            return $"\"\"\"{opening}{Escape(value, newLine)}\"\"\"";
        }

        return model is ['\'', ..] && FitsLiteral(value) ? $"'{value}'" : BasicString(value);
    }

    private static string OpeningBreak(ReadOnlySpan<char> model)
        => model[3..].StartsWith("\r\n") ? "\r\n" : model[3..].StartsWith("\n") ? "\n" : "";

    private static bool FitsLiteral(string value) => !value.AsSpan().ContainsAny('\'', '\n') && !HasControls(value);

    private static bool FitsMultiLineLiteral(string value, bool hasOpeningBreak)
        => !value.Contains("'''", StringComparison.Ordinal) && !value.EndsWith('\'') && (hasOpeningBreak || !value.StartsWith('\n'))
            && !HasControls(value);

    private static bool HasControls(string value)
    {
        foreach (var c in value)
        {
            if (c is < ' ' and not ('\t' or '\n') or '\x7f')
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Escapes for basic strings; with <paramref name="newLine"/>, line feeds become such a line break instead.</summary>
    private static string Escape(string value, string? newLine)
    {
        var text = new StringBuilder(value.Length + 8);
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append(newLine ?? "\\n"),
                '\t' => text.Append("\\t"),
                '\r' => text.Append("\\r"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' or '\x7f' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => text.Append(c),
            };
        }

        return text.ToString();
    }

    private static void RequireUnicode(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (IndexOfLoneSurrogate(value) >= 0)
        {
            throw new ArgumentException("TOML strings and keys hold valid Unicode only.", nameof(value));
        }
    }

    internal static int IndexOfLoneSurrogate(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (at >= 0 && at < text.Length)
        {
            if (char.IsSurrogate(text[at]))
            {
                if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
                {
                    return at;
                }

                at++;
            }

            at++;
        }

        return -1;
    }
}
