;;; A host in Emacs, with its own jsonrpc.el  -*- lexical-binding: t -*-
(require 'jsonrpc)
(require 'seq)

(defvar host-text "" "What the running prompt has written.")
(defvar host-on-text #'ignore "Called after each piece of text.")

(defun host-notified (_connection method params)
  (when (eq method 'llm/delta)
    (seq-doseq (delta (plist-get params :deltas))
      (when (equal (plist-get delta :type) "text")
        (setq host-text (concat host-text (plist-get delta :text)))))
    (funcall host-on-text)))

(defun host-asked (_connection method params)
  (if (not (eq method 'hook/promptStart))
      (jsonrpc-error :code -32601 :message "There is no such method.")
    (if (string-match-p "swordfish" (plist-get params :prompt))
        '(:action "reject" :reason "That word stays here.")
      '(:action "continue"))))

(defvar host-sidecar
  (jsonrpc-process-connection
   :name "llm-sidecar"
   :notification-dispatcher #'host-notified
   :request-dispatcher #'host-asked
   :events-buffer-scrollback-size 0
   :process (lambda ()
              (make-process :name "llm-sidecar" :command '("llm-sidecar")
                            :connection-type 'pipe :coding 'utf-8-emacs-unix :noquery t
                            :stderr (get-buffer-create " *llm-sidecar stderr*")))))

;; An empty plist is nil, and nil is written as null: {} is an empty hash table.
(defconst host-empty (make-hash-table))

(defun host-prompt (&rest params)
  "Prompts and gives the result, while the text arrives in `host-text'."
  (setq host-text "")
  (jsonrpc-request host-sidecar 'llm/prompt (append params (list :stream host-empty))))

(jsonrpc-request host-sidecar 'initialize
                 `(:protocolVersion (:min 1 :max 1)
                   :clientInfo (:name "emacs.el" :version "1")
                   :capabilities ,host-empty
                   :hooks [(:id "policy" :point "promptStart" :include ["content"])]))
(let ((models (plist-get (jsonrpc-request host-sidecar 'llm/models nil) :models)))
  (princ (format "models: %s\n" (mapconcat (lambda (model) (plist-get model :id)) models ", "))))

(let ((result (host-prompt :promptId "p1" :model "test-fast" :prompt "Hello" :options '(:chunks 3))))
  (princ (format "streamed: %s\n" host-text))
  (princ (format "the same: %s\n" (if (equal host-text (plist-get result :text)) "yes" "no"))))

;; jsonrpc.el does not tell the id of a request. It is the key of the one that waits for its answer.
(setq host-on-text
      (lambda ()
        (setq host-on-text #'ignore)
        (maphash (lambda (id _) (jsonrpc-notify host-sidecar '$/cancelRequest `(:id ,id)))
                 (jsonrpc--request-continuations host-sidecar))))
(let ((result (host-prompt :promptId "p2" :model "test-endless" :prompt "Go on")))
  (princ (format "cancelled: %s\n" (plist-get result :stopReason))))

(condition-case problem
    (host-prompt :promptId "p3" :model "echo" :prompt "My password is swordfish")
  (jsonrpc-error (princ (format "refused: %s\n" (alist-get 'jsonrpc-error-message (cddr problem))))))

(jsonrpc-request host-sidecar 'shutdown nil)
(jsonrpc-notify host-sidecar 'exit nil)
(while (jsonrpc-running-p host-sidecar) (accept-process-output nil 0.1))
(princ (format "exit: %d\n" (process-exit-status (jsonrpc--process host-sidecar))))
