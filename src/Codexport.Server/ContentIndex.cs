using System.Text.Json;
using Codexport.Engine.Codex;
using Codexport.Engine.Content;

namespace Codexport.Server;

/// <summary>The contents that kept revisions name, read without building the documents: there may be twenty large ones.</summary>
internal sealed class ContentIndex
{
    /// <summary>All of them.</summary>
    public HashSet<Sha256Hash> Named { get; } = [];

    /// <summary>Those that some revision names as a credential file.</summary>
    public HashSet<Sha256Hash> Credentials { get; } = [];

    /// <summary>Reads canonical documents; null ones are skipped.</summary>
    public static ContentIndex Build(IEnumerable<byte[]?> documents)
    {
        var index = new ContentIndex();
        foreach (var document in documents)
        {
            if (document is not null)
            {
                index.Add(document);
            }
        }

        return index;
    }

    private void Add(ReadOnlySpan<byte> canonical)
    {
        // Canonical order puts "path" before "sha256" in each entry, and entries are the only objects that have either.
        var reader = new Utf8JsonReader(canonical);
        var isCredential = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 3)
            {
                continue;
            }

            if (reader.ValueTextEquals("path"u8))
            {
                reader.Read();
                isCredential = CodexLayout.IsCredential(reader.GetString()!);
            }
            else if (reader.ValueTextEquals("sha256"u8))
            {
                reader.Read();
                if (Sha256Hash.TryParse(reader.GetString(), out var hash))
                {
                    Named.Add(hash);
                    if (isCredential)
                    {
                        Credentials.Add(hash);
                    }
                }
            }
        }
    }
}
