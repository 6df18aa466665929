using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>What both kinds of <see cref="IKeyValue"/> do alike.</summary>
internal static class KeyValueText
{
    internal static readonly ReadOnlyMemory<char> PlainSeparator = " = ".AsMemory();

    internal static void WritePair(this IKeyValue pair, StringBuilder text)
    {
        pair.Key.Write(text);
        text.Append(pair.Separator);
        pair.Value.Write(text);
    }
}
