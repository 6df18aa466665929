using System.Text;

namespace Codexport.Engine.Toml.Syntax;

/// <summary>A key as written, dotted or not. Never changed in place, so that copies may share it.</summary>
internal readonly struct KeySyntax(KeyPart[] parts)
{
    internal IReadOnlyList<KeyPart> Parts => parts;

    internal static KeySyntax Of(params ReadOnlySpan<string> keys)
    {
        var parts = new KeyPart[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            parts[i] = new((i == 0 ? "" : ".").AsMemory(), TomlText.Key(keys[i]).AsMemory(), keys[i], TomlLocation.None);
        }

        return new KeySyntax(parts);
    }

    internal void Write(StringBuilder text)
    {
        foreach (var part in parts)
        {
            text.Append(part.Leading).Append(part.Raw);
        }
    }
}
