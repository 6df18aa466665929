param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestMaster $ProgramPath (Join-Path $TestDrive 'master')
    $fingerprint = (Get-CodexportStatus -HomePath $master.Home).Fingerprint
    function New-EmptyHome([string] $Name) { (New-Item -ItemType Directory (Join-Path $TestDrive $Name)).FullName }
    $follower = New-EmptyHome 'follower'
}

AfterAll { Stop-TestMaster $master.Server }

Describe 'Join-CodexportFollower' {
    It 'changes nothing with -WhatIf, here or at the master' {
        $before = Get-Snapshot $TestDrive
        Join-CodexportFollower $master.Link -HomePath $follower -WhatIf | Should -BeNullOrEmpty
        Get-Snapshot $TestDrive | Should -Be $before
        Get-CodexportFollower -HomePath $master.Home | Should -BeNullOrEmpty
    }

    It 'fetches only with -StageOnly' {
        $result = Join-CodexportFollower $master.Link -HomePath $follower -StageOnly
        $result.Status | Should -Be 'Staged'
        Test-Path $follower/.codex/config.toml | Should -BeFalse
    }

    It 'applies, and writes its result' {
        $result = Join-CodexportFollower $master.Link -HomePath $follower
        $result.Status | Should -Be 'Applied'
        $result.FilesWritten | Should -Be 2
        $result.Changes.Path | Should -Contain 'skills/one/SKILL.md'
        Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'first edition'
    }

    It 'takes links from the pipeline and goes on after a bad one' {
        $piped = New-EmptyHome 'piped'
        $result = 'not a link', $master.Link | Join-CodexportFollower -HomePath $piped -ErrorAction SilentlyContinue -ErrorVariable failures
        $result.Status | Should -Be 'Applied'
        @($failures).Count | Should -Be 1
        Assert-Error $failures[0] 'Join-CodexportFollower' 'JoinLinkInvalid' 'InvalidArgument' $failures[0].TargetObject
    }

    It 'takes the link of New-CodexportJoinLink' {
        $piped = New-EmptyHome 'piped object'
        $link = New-CodexportJoinLink 127.0.0.1 -Port $master.Server.Port -HomePath $master.Home
        ($link | Join-CodexportFollower -HomePath $piped).Status | Should -Be 'Applied'
    }

    It 'takes the link as a secure string' {
        $secure = New-EmptyHome 'secure'
        (Join-CodexportFollower -SecureLink (ConvertTo-SecureString $master.Link -AsPlainText) -HomePath $secure).Status | Should -Be 'Applied'
    }

    It 'takes lines of a table, each with the home and the name that it says' {
        $lines = 'east', 'west' | ForEach-Object { [pscustomobject] @{ Link = $master.Link; HomePath = New-EmptyHome "of $_"; Name = $_ } }
        ($lines | Join-CodexportFollower).Status | Should -Be 'Applied', 'Applied'
        $lines.HomePath | ForEach-Object { Get-Content $_/.codex/skills/one/SKILL.md | Should -Be 'first edition' }
        (Get-CodexportFollower east, west -HomePath $master.Home).Name | Should -Be 'east', 'west'
        ($lines | Get-CodexportStatus).Role | Should -Be 'Follower', 'Follower'
    }

    It 'takes the parts of a link in its place' {
        $parts = New-EmptyHome 'parts'
        $invite = $master.Link -replace '.*invite=([^&]+).*', '$1'
        (Join-CodexportFollower -Master "http://127.0.0.1:$($master.Server.Port)" -Fingerprint $fingerprint -Invite $invite -HomePath $parts).Status | Should -Be 'Applied'
    }

    It 'takes several addresses of the master, best first' {
        $several = New-EmptyHome 'several'
        $invite = $master.Link -replace '.*invite=([^&]+).*', '$1'
        # Nobody listens on the first: the server has 127.0.0.1 alone.
        $urls = "http://127.0.0.2:$($master.Server.Port)", "http://127.0.0.1:$($master.Server.Port)"
        (Join-CodexportFollower -Master $urls -Fingerprint $fingerprint -Invite $invite -HomePath $several).Status | Should -Be 'Applied'
        Get-Content -Raw $several/.codexport/local.toml | Should -Match 'masterUrls = \["https://127\.0\.0\.2:\d+", "https://127\.0\.0\.1:\d+"\]'
    }

    It 'refuses addresses that no link could name' {
        $record = Get-ErrorOf { Join-CodexportFollower -Master http://a, http://A -Fingerprint $fingerprint -HomePath $follower }
        Assert-Error $record 'Join-CodexportFollower' 'InvalidUsage' 'InvalidArgument' $null
        $record = Get-ErrorOf { Join-CodexportFollower -Master http://a, http://b:1 -Fingerprint $fingerprint -HomePath $follower }
        Assert-Error $record 'Join-CodexportFollower' 'InvalidUsage' 'InvalidArgument' $null
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*masterUrls*'
    }

    It 'wants a link or its parts, not both' {
        (Get-ErrorOf { Join-CodexportFollower -Link $master.Link -Master https://localhost -HomePath $follower }).FullyQualifiedErrorId | Should -BeLike 'AmbiguousParameterSet,*'
    }

    It 'asks a person whether files that differ shall be replaced: <answer>' -ForEach @{ answer = 'yes'; choice = 0 }, @{ answer = 'no'; choice = 1 } {
        Add-Type -Path (Join-Path $PSScriptRoot 'AnsweringHost.cs')
        $asked = New-EmptyHome "asked $answer"
        New-Item -ItemType Directory $asked/.codex/skills/one -Force | Out-Null
        Set-Content $asked/.codex/skills/one/SKILL.md 'mine'
        $person = [AnsweringHost]::new($choice)
        $runspace = [runspacefactory]::CreateRunspace($person)
        $runspace.Open()
        $shell = [powershell]::Create()
        $shell.Runspace = $runspace
        try {
            [void] $shell.AddCommand('Import-Module').AddParameter('Name', $ModulePath).AddStatement().
                AddCommand('Join-CodexportFollower').AddParameter('Link', $master.Link).AddParameter('HomePath', $asked)
            $result, $failure = $null
            try { $result = $shell.Invoke() } catch { $failure = $_ }
            $person.Questions | Should -BeLike '*skills/one/SKILL.md*Back them up and replace them*'
            if ($answer -eq 'yes') {
                $result.Status | Should -Be 'Applied'
                Get-Content $asked/.codex/skills/one/SKILL.md | Should -Be 'first edition'
            } else {
                $result | Should -BeNullOrEmpty
                $record = @($shell.Streams.Error) + @($failure.Exception.InnerException.ErrorRecord) | Where-Object { $_ } | Select-Object -First 1
                $record.FullyQualifiedErrorId | Should -BeLike 'AdoptionRequired,*'
                Get-Content $asked/.codex/skills/one/SKILL.md | Should -Be 'mine'
            }
        } finally {
            $shell.Dispose()
            $runspace.Dispose()
        }
    }

    It 'wants -Adopt where files differ' {
        $mixed = New-EmptyHome 'mixed'
        New-Item -ItemType Directory $mixed/.codex | Out-Null
        New-Item -ItemType Directory $mixed/.codex/skills/one | Out-Null
        Set-Content $mixed/.codex/skills/one/SKILL.md 'mine'
        $record = Get-ErrorOf { Join-CodexportFollower $master.Link -HomePath $mixed }
        Assert-Error $record 'Join-CodexportFollower' 'AdoptionRequired' 'ResourceExists' $record.TargetObject
        $record.ErrorDetails.Message | Should -BeLike '*skills/one/SKILL.md*'
        Get-Content $mixed/.codex/skills/one/SKILL.md | Should -Be 'mine'
        $result = Join-CodexportFollower $master.Link -HomePath $mixed -Adopt
        $result.Status | Should -Be 'Applied'
        $result.Backup | Should -Be (Get-CodexportBackup -HomePath $mixed).Name
    }

    It 'writes what the program prints' {
        $result = Join-CodexportFollower $master.Link -HomePath $follower
        Assert-SameField $result (Get-ProgramJson $ProgramPath $follower 'follower', 'join', $master.Link, '--apply')
        $applied = Join-CodexportFollower $master.Link -HomePath (New-EmptyHome 'this')
        Assert-SameField $applied (Get-ProgramJson $ProgramPath (New-EmptyHome 'that') 'follower', 'join', $master.Link, '--apply')
        (Get-FieldName (Get-CmdletJson $applied)) | Should -Contain '.changes[].path'
    }

    It 'has a table and a list' {
        Assert-View (Join-CodexportFollower $master.Link -HomePath $follower) 'Codexport.Engine.Results.SyncResult'
    }

    It 'refuses another key than the one in the link, and changes nothing' {
        $careful = New-EmptyHome 'careful'
        $record = Get-ErrorOf { Join-CodexportFollower ($master.Link -replace $fingerprint, ('0' * 64)) -HomePath $careful }
        Assert-Error $record 'Join-CodexportFollower' 'FingerprintMismatch' 'SecurityError' $record.TargetObject
        Test-Path $careful/.codex/config.toml | Should -BeFalse
    }

    It 'refuses an invite that is not the master''s' {
        $record = Get-ErrorOf { Join-CodexportFollower ($master.Link -replace 'invite=[^&]+', "invite=$('A' * 43)") -HomePath (New-EmptyHome 'uninvited') }
        Assert-Error $record 'Join-CodexportFollower' 'InviteRefused' 'PermissionDenied' $record.TargetObject
    }

    It 'does not make a follower of a master' {
        $record = Get-ErrorOf { Join-CodexportFollower $master.Link -HomePath $master.Home }
        Assert-Error $record 'Join-CodexportFollower' 'RoleConflict' 'InvalidOperation' $record.TargetObject
    }

    It 'says that nobody answers' {
        $listener = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        $record = Get-ErrorOf { Join-CodexportFollower ($master.Link -replace 'port=\d+', "port=$port") -HomePath (New-EmptyHome 'alone') }
        Assert-Error $record 'Join-CodexportFollower' 'MasterUnreachable' 'ConnectionError' $record.TargetObject
        $record.Exception.InnerException | Should -Not -BeNullOrEmpty
    }
}
