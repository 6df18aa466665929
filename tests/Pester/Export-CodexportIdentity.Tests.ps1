param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
    $init = Initialize-CodexportMaster -HomePath $master -PassThru
    $server = Start-TestMaster $ProgramPath $master
    $follower = Join-Path $TestDrive 'follower'
    New-Item -ItemType Directory $follower | Out-Null
    Join-CodexportFollower (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink -HomePath $follower | Out-Null
    $passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText
    $file = Join-Path $TestDrive 'identity.json'
}

AfterAll { Stop-TestMaster $server }

Describe 'Export-CodexportIdentity' {
    It 'writes nothing with -WhatIf' {
        Export-CodexportIdentity $file -Passphrase $passphrase -HomePath $master -WhatIf -PassThru | Should -BeNullOrEmpty
        $file | Should -Not -Exist
    }

    It 'refuses a short passphrase, without showing it' {
        $record = $null
        try { Export-CodexportIdentity $file -Passphrase (ConvertTo-SecureString 'sesame' -AsPlainText) -HomePath $master } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'InvalidUsage,*'
        "$record $($record.ErrorDetails)" | Should -Not -BeLike '*sesame*'
        $file | Should -Not -Exist
    }

    It 'is silent, and shows what it wrote with -PassThru' {
        Export-CodexportIdentity $file -Passphrase $passphrase -HomePath $master | Should -BeNullOrEmpty
        $result = Export-CodexportIdentity $file -Passphrase $passphrase -HomePath $master -Force -PassThru
        $result.Fingerprint | Should -Be $init.Fingerprint
        $result.Followers | Should -Be 1
        Get-Content -Raw $file | Should -BeLike '*BEGIN ENCRYPTED PRIVATE KEY*'
        Get-Content -Raw $file | Should -Not -BeLike '*horse*'
        if (-not $IsWindows) { (Get-Item $file).UnixMode | Should -Be '-rw-------' }
    }

    It 'asks before it replaces a file' {
        $run = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command "
            Import-Module '$ModulePath'
            `$passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText
            try { Export-CodexportIdentity '$file' -Passphrase `$passphrase -HomePath '$master' -ErrorAction Stop } catch { 'asked' }"
        $run | Should -Be 'asked'
    }

    Context 'when nobody can be asked: <Name>' -ForEach @(
        @{ Name = '-NonInteractive'; With = @('-NonInteractive') }
        @{ Name = 'standard input is at its end'; With = @() }
    ) {
        BeforeAll {
            # What a cmdlet ends with in a PowerShell whose standard input is at its end.
            function Get-LonelyError([string] $Command) {
                Set-Content $TestDrive/lonely.ps1 "
                    Import-Module '$ModulePath'
                    `$passphrase = ConvertTo-SecureString 'correct horse battery staple' -AsPlainText
                    try { $Command } catch { `"id=`$(`$_.FullyQualifiedErrorId)|remedy=`$(`$_.ErrorDetails.RecommendedAction)`" }"
                @() | pwsh -NoProfile @With -File $TestDrive/lonely.ps1 | Out-String
            }
        }

        It 'says that the file is there' {
            $content = Get-Content -Raw $file
            $output = Get-LonelyError "Export-CodexportIdentity '$file' -Passphrase `$passphrase -HomePath '$master'"
            $output | Should -BeLike '*id=FileExists,Codexport.PowerShell.Commands.ExportCodexportIdentityCommand|remedy=*-Force*'
            Get-Content -Raw $file | Should -BeExactly $content
        }

        It 'says that a passphrase is needed' {
            Get-LonelyError "Export-CodexportIdentity '$TestDrive/none.json' -HomePath '$master'" | Should -BeLike '*id=InvalidUsage,*|remedy=*-Passphrase*'
            Get-LonelyError "Import-CodexportIdentity '$file' -HomePath '$master'" | Should -BeLike '*id=InvalidUsage,*|remedy=*-Passphrase*'
            Join-Path $TestDrive 'none.json' | Should -Not -Exist
        }

        It 'says how to go on unasked' {
            Get-LonelyError "Export-CodexportIdentity '$TestDrive/none.json' -Passphrase `$passphrase -HomePath '$master' -Confirm" |
                Should -BeLike '*id=InvalidUsage,*|remedy=*-Confirm:$false*'
            Join-Path $TestDrive 'none.json' | Should -Not -Exist
        }
    }

    It 'is what the program writes and reads' {
        $other = Join-Path $TestDrive 'program.json'
        $json = 'correct horse battery staple' | & $ProgramPath master identity export $other --no-input --json --home $master | ConvertFrom-Json
        $LASTEXITCODE | Should -Be 0
        $json.PSObject.Properties.Name | Sort-Object | Should -Be 'exportedAt', 'file', 'fingerprint', 'followers', 'revision'
        'short' | & $ProgramPath master identity export $other --force --no-input --home $master 2>&1 | Out-String | Should -Not -BeLike '*short*'
        $LASTEXITCODE | Should -Be 2
        'correct horse battery staple' | & $ProgramPath master identity export $other --no-input --home $master 2>&1 | Out-Null
        $LASTEXITCODE | Should -Be 1
        Set-Content $TestDrive/passphrase 'correct horse battery staple'
        if (-not $IsWindows) { chmod 600 $TestDrive/passphrase }
        $import = & $ProgramPath master identity import $other --passphrase-file $TestDrive/passphrase --json --home $master | ConvertFrom-Json
        $import.status | Should -Be 'current'
    }
}

Describe 'Import-CodexportIdentity' {
    BeforeAll {
        $new = New-TestHome (Join-Path $TestDrive 'new')
        Export-CodexportIdentity $file -Passphrase $passphrase -HomePath $master -Force
    }

    It 'changes nothing with -WhatIf, or with a wrong passphrase' {
        Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $new -WhatIf -PassThru | Should -BeNullOrEmpty
        $record = $null
        try { Import-CodexportIdentity $file -Passphrase (ConvertTo-SecureString 'another passphrase' -AsPlainText) -HomePath $new } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'PassphraseRefused,*'
        $record.CategoryInfo.Category | Should -Be 'AuthenticationError'
        Join-Path $new '.codexport' | Should -Not -Exist
    }

    It 'makes another home that master, whose followers go on' {
        $port = $server.Port
        Stop-TestMaster $server
        $result = Get-Item $file | Import-CodexportIdentity -Passphrase $passphrase -HomePath $new -PassThru
        $result.Status | Should -Be 'imported'
        $result.Fingerprint | Should -Be $init.Fingerprint
        $result.Revision | Should -Be $init.Revision
        (Get-CodexportFollower -HomePath $new).Name | Should -Be (Get-CodexportFollower -HomePath $master).Name
        Set-Content $new/.codex/skills/one/SKILL.md 'second edition'
        Update-CodexportBundle -HomePath $new
        $start = Start-TestMaster $ProgramPath $new $port
        try {
            (Sync-CodexportFollower -HomePath $follower).Status | Should -Be 'Applied'
            Get-Content $follower/.codex/skills/one/SKILL.md | Should -Be 'second edition'
        }
        finally { Stop-TestMaster $start }
    }

    It 'is idempotent, and refuses another master' {
        (Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $new -PassThru).Status | Should -Be 'current'
        $other = New-TestMasterHome (Join-Path $TestDrive 'other')
        $record = $null
        try { Import-CodexportIdentity $file -Passphrase $passphrase -HomePath $other } catch { $record = $_ }
        $record.FullyQualifiedErrorId | Should -BeLike 'RoleConflict,*'
    }
}

Describe 'the result of Export-CodexportIdentity' {
    It 'is what the program prints, in a view of at most five columns' {
        Set-Content $TestDrive/phrase 'correct horse battery staple'
        if (-not $IsWindows) { chmod 600 $TestDrive/phrase }
        $result = Export-CodexportIdentity $TestDrive/this.json -Passphrase $passphrase -HomePath $master -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $master 'master', 'identity', 'export', "$TestDrive/that.json", '--passphrase-file', "$TestDrive/phrase")
        @(Get-TableColumn $result).Count | Should -BeLessOrEqual 5
        @(Get-ListLabel $result).Count | Should -Be @(Get-DisplaySet $result).Count
    }
}
